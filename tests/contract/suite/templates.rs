//! Launch templates and their versions.

use std::collections::BTreeMap;

use plimsoll_core::action::{Action, GroupChange};
use plimsoll_core::cloud::{ErrorClass, Outcome};
use plimsoll_core::world::{Template, TemplateData, TemplateRef};

use super::steps::{act, done, group, observe, refused, region, stand, update};
use super::{HERE, NOBODY, Subject, WEB};

async fn template(subject: &impl Subject, name: &str) -> Template {
    let world = observe(subject).await;
    region(&world, HERE).templates[name].clone()
}

fn create(name: &str, data: &TemplateData) -> Action {
    let data = Box::new(data.clone());
    Action::CreateTemplate { name: name.to_owned(), data, tags: BTreeMap::new() }
}

fn add(name: &str, data: &TemplateData) -> Action {
    Action::CreateTemplateVersion { name: name.to_owned(), data: Box::new(data.clone()) }
}

fn on(data: &TemplateData, instance_type: &str) -> TemplateData {
    TemplateData { instance_type: instance_type.to_owned(), ..data.clone() }
}

async fn gives(subject: &impl Subject, action: &Action, version: u64) {
    let name = action.resource().to_owned();
    assert_eq!(act(subject, action).await, Ok(Outcome::TemplateVersion { name, version }));
}

pub(crate) async fn a_template_that_is_created_again_keeps_its_version(subject: &impl Subject) {
    stand(subject).await;
    let before = template(subject, WEB).await;
    assert_eq!((&*before.name, before.version), (WEB, 1));
    gives(subject, &create(WEB, &before.data), 1).await;
    assert_eq!(template(subject, WEB).await, before);
}

pub(crate) async fn a_template_that_launches_something_else_keeps_its_name(subject: &impl Subject) {
    stand(subject).await;
    let before = template(subject, WEB).await;
    refused(subject, &create(WEB, &on(&before.data, "m6i.large")), ErrorClass::Taken).await;
    assert_eq!(template(subject, WEB).await, before);
}

pub(crate) async fn versions_of_a_template_count_up_and_a_repeat_makes_none(
    subject: &impl Subject,
) {
    stand(subject).await;
    let first = template(subject, WEB).await;
    for (version, instance_type) in [(2, "m6i.large"), (3, "m6i.xlarge"), (4, "m6i.large")] {
        let data = on(&first.data, instance_type);
        for _ in 0..2 {
            gives(subject, &add(WEB, &data), version).await;
            let expected = Template { version, data: data.clone(), ..first.clone() };
            assert_eq!(template(subject, WEB).await, expected);
        }
    }
    let pinned = group(subject, WEB).await.settings.template.unwrap();
    assert_eq!(pinned.version, "1", "nothing runs a version until a group is pointed at it");
}

pub(crate) async fn a_template_that_is_not_there_gets_no_version(subject: &impl Subject) {
    stand(subject).await;
    let data = template(subject, WEB).await.data;
    refused(subject, &add(NOBODY, &data), ErrorClass::NotFound).await;
    let world = observe(subject).await;
    assert!(!region(&world, HERE).templates.contains_key(NOBODY));
}

pub(crate) async fn a_template_that_was_deleted_and_made_again_is_another(subject: &impl Subject) {
    stand(subject).await;
    let (old, before) = (template(subject, WEB).await, group(subject, WEB).await);
    assert_eq!(before.template_id.as_ref(), Some(&old.id));
    done(subject, &Action::DeleteTemplate { name: WEB.to_owned() }).await;
    let world = observe(subject).await;
    assert!(!region(&world, HERE).templates.contains_key(WEB));
    assert_eq!(group(subject, WEB).await, before, "the group stays");

    gives(subject, &create(WEB, &old.data), 1).await;
    let new = template(subject, WEB).await;
    assert_ne!(new.id, old.id);
    assert_eq!(group(subject, WEB).await.template_id, Some(old.id), "it points where it pointed");
    let template = TemplateRef { name: WEB.to_owned(), version: "1".to_owned() };
    let change = GroupChange { template: Some(template), ..GroupChange::default() };
    done(subject, &update(WEB, change)).await;
    assert_eq!(group(subject, WEB).await.template_id, Some(new.id));
}
