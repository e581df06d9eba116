//! Parameters, over mocked answers.

use aws_sdk_ssm::Client as Ssm;
use aws_sdk_ssm::operation::get_parameters::GetParametersOutput;
use aws_sdk_ssm::types::Parameter;
use aws_smithy_mocks::mock;
use plimsoll_core::cloud::ErrorClass;

use super::{REGION, aws, map};

#[tokio::test]
async fn a_name_that_is_missing_is_missing_in_the_map() {
    let rule = mock!(Ssm::get_parameters)
        .match_requests(|request| request.names() == ["/here", "/gone"])
        .then_output(|| {
            let here = Parameter::builder().name("/here").value("run").build();
            GetParametersOutput::builder().parameters(here).invalid_parameters("/gone").build()
        });
    let found = aws(&[&rule]).parameters(REGION, &["/here", "/gone"]).await.unwrap();
    assert_eq!(found, map([("/here", "run")]));
}

#[tokio::test]
async fn ten_names_are_one_call_and_eleven_are_two() {
    let names: Vec<String> = (0..11).map(|number| format!("/name/{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rule = mock!(Ssm::get_parameters)
        .match_requests(|request| request.names().len() <= 10)
        .then_output(|| GetParametersOutput::builder().build());
    aws(&[&rule]).parameters(REGION, &names[..10]).await.unwrap();
    assert_eq!(rule.num_calls(), 1);
    aws(&[&rule]).parameters(REGION, &names).await.unwrap();
    assert_eq!(rule.num_calls(), 3);
}

#[tokio::test]
async fn a_refusal_names_the_call_and_the_parameters() {
    let denied = r#"{"__type":"AccessDeniedException","message":"not authorized"}"#;
    let rule =
        mock!(Ssm::get_parameters).sequence().http_status(400, Some(denied.to_owned())).build();
    let error = aws(&[&rule]).parameters(REGION, &["/a", "/b"]).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied);
    assert_eq!(
        error.to_string(),
        "ssm:GetParameters on /a, /b: AccessDeniedException: not authorized"
    );
}

#[cfg(feature = "operator")]
#[tokio::test]
async fn a_parameter_is_put_over_the_old_one() {
    use aws_sdk_ssm::operation::put_parameter::PutParameterOutput;
    use aws_sdk_ssm::types::ParameterType;

    let rule = mock!(Ssm::put_parameter)
        .match_requests(|request| {
            request.name() == Some("/plimsoll/alfred/production/controller")
                && request.value() == Some("stop maria: network test")
                && request.overwrite() == Some(true)
                && request.r#type() == Some(&ParameterType::String)
        })
        .then_output(|| PutParameterOutput::builder().build());
    let aws = aws(&[&rule]);
    let name = "/plimsoll/alfred/production/controller";
    aws.put_parameter(REGION, name, "stop maria: network test").await.unwrap();
    assert_eq!(rule.num_calls(), 1);
}

#[cfg(feature = "operator")]
#[tokio::test]
async fn a_value_that_is_too_long_is_the_callers_to_shorten() {
    let long = r#"{"__type":"ValidationException","message":"Member must have length less than or equal to 4096"}"#;
    let rule = mock!(Ssm::put_parameter).sequence().http_status(400, Some(long.to_owned())).build();
    let error = aws(&[&rule]).put_parameter(REGION, "/spec", "x").await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Invalid);
    assert_eq!((error.call.as_str(), error.resource.as_str()), ("ssm:PutParameter", "/spec"));
}
