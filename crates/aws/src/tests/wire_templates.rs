//! Making templates, over mocked answers.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client as Ec2;
use aws_sdk_ec2::operation::create_launch_template_version::CreateLaunchTemplateVersionOutput;
use aws_sdk_ec2::operation::describe_launch_template_versions::DescribeLaunchTemplateVersionsOutput;
use aws_sdk_ec2::types::LaunchTemplateVersion;
use aws_smithy_mocks::{Rule, mock};
use plimsoll_core::action::Action;
use plimsoll_core::cloud::{Cloud, ErrorClass, Outcome};
use plimsoll_core::world::TemplateData;

use super::templates::described;
use super::{REGION, aws, ec2_error, template_data};
use crate::act::templates::request;

const NAME: &str = "alfred-production-agent-core";

/// The newest version of the template is number 7 and holds `data`.
fn latest(data: &TemplateData) -> Rule {
    let version = LaunchTemplateVersion::builder()
        .launch_template_name(NAME)
        .version_number(7)
        .launch_template_data(described(&request(data)))
        .build();
    mock!(Ec2::describe_launch_template_versions)
        .match_requests(|request| request.launch_template_name() == Some(NAME))
        .then_output(move || {
            DescribeLaunchTemplateVersionsOutput::builder()
                .launch_template_versions(version.clone())
                .build()
        })
}

fn other_data() -> TemplateData {
    TemplateData { instance_type: "c6i.xlarge".to_owned(), ..template_data() }
}

fn create() -> Action {
    let (name, data) = (NAME.to_owned(), Box::new(template_data()));
    Action::CreateTemplate { name, data, tags: BTreeMap::new() }
}

fn version(version: u64) -> Outcome {
    Outcome::TemplateVersion { name: NAME.to_owned(), version }
}

fn name_is_taken() -> Rule {
    let code = "InvalidLaunchTemplateName.AlreadyExistsException";
    mock!(Ec2::create_launch_template)
        .sequence()
        .http_status(400, Some(ec2_error(code, "Launch template name already in use.")))
        .build()
}

#[tokio::test]
async fn a_template_that_an_earlier_attempt_made_is_found_again() {
    let aws = aws(&[&name_is_taken(), &latest(&template_data())]);
    assert_eq!(aws.act(REGION, &create()).await, Ok(version(7)));
}

#[tokio::test]
async fn a_template_that_launches_something_else_is_somebody_elses() {
    let aws = aws(&[&name_is_taken(), &latest(&other_data())]);
    let error = aws.act(REGION, &create()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Taken);
    assert!(error.message.ends_with("run plan again"), "{error}");
}

#[tokio::test]
async fn a_version_is_added_once() {
    let add =
        Action::CreateTemplateVersion { name: NAME.to_owned(), data: Box::new(template_data()) };
    let made = mock!(Ec2::create_launch_template_version).then_output(|| {
        let version = LaunchTemplateVersion::builder().version_number(8).build();
        CreateLaunchTemplateVersionOutput::builder().launch_template_version(version).build()
    });

    let before = aws(&[&latest(&other_data()), &made]);
    assert_eq!(before.act(REGION, &add).await, Ok(version(8)));

    let after = aws(&[&latest(&template_data()), &made]);
    assert_eq!(after.act(REGION, &add).await, Ok(version(7)));
    assert_eq!(made.num_calls(), 1);
}

#[tokio::test]
async fn deleting_a_template_that_is_gone_is_done() {
    let gone = mock!(Ec2::delete_launch_template)
        .sequence()
        .http_status(
            400,
            Some(ec2_error("InvalidLaunchTemplateName.NotFoundException", "not there")),
        )
        .build();
    let action = Action::DeleteTemplate { name: NAME.to_owned() };
    assert_eq!(aws(&[&gone]).act(REGION, &action).await, Ok(Outcome::Done));
}
