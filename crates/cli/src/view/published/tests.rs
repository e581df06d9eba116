use insta::assert_snapshot;
use plimsoll_core::cloud::ErrorClass;

use super::*;

fn shown(value: &impl fmt::Display) -> String {
    anstream::adapter::strip_str(&value.to_string()).to_string()
}

fn refused() -> ActError {
    ActError {
        call: "ssm:PutParameter".to_owned(),
        resource: "/plimsoll/alfred/production/spec".to_owned(),
        class: ErrorClass::Denied,
        message: "AccessDeniedException: not authorized".to_owned(),
    }
}

#[test]
fn what_differs_is_told_region_by_region_and_nothing_when_nothing_does() {
    assert_eq!(Differing::default().to_string(), "");
    let regions = [
        ("eu-central-1", Published::Other("0123456789abcdef".to_owned())),
        ("us-east-1", Published::Unreadable("the packed text is cut off".to_owned())),
        ("us-west-2", Published::Unknown(refused())),
    ];
    let differing = Differing {
        file: "alfred.yaml".to_owned(),
        digest: "fedcba9876543210".to_owned(),
        regions: regions.map(|(region, published)| (region.to_owned(), published)).into(),
    };
    assert_snapshot!(shown(&differing), @r"
    The controllers read another spec than alfred.yaml (fedcba9876543210); publish
        it with plimsoll apply --publish:
      eu-central-1: 0123456789abcdef
      us-east-1: no spec: the packed text is cut off
      us-west-2: it could not be read: ssm:PutParameter on
          /plimsoll/alfred/production/spec: AccessDeniedException: not authorized
    ");
}

#[test]
fn a_publication_is_whole_when_every_region_has_the_spec() {
    let digest = "fedcba9876543210".to_owned();
    let regions = BTreeMap::from([("eu-central-1".to_owned(), None)]);
    let mut publication =
        Publication { digest: digest.clone(), already: 2, regions, left_out: false };
    assert!(publication.whole());
    assert_snapshot!(shown(&publication), @r"
    eu-central-1: published the spec (fedcba9876543210)
    2 regions had the spec (fedcba9876543210) already
    ");
    publication.regions.insert("us-east-1".to_owned(), Some(refused()));
    assert!(!publication.whole());
    assert_snapshot!(shown(&publication), @r"
    eu-central-1: published the spec (fedcba9876543210)
    us-east-1: the spec is not published: ssm:PutParameter on
        /plimsoll/alfred/production/spec: AccessDeniedException: not authorized
      next: check the credentials (--profile) and the permissions for this call
    2 regions had the spec (fedcba9876543210) already
    ");
    let left_out = Publication { digest, left_out: true, ..Publication::default() };
    assert!(!left_out.whole());
    assert_snapshot!(shown(&left_out), @"The spec is not published, since not all else is done");
}

#[cfg(feature = "aws")]
#[test]
fn a_published_spec_is_compared_by_its_text_and_not_by_how_it_is_packed() {
    let text = "platform: alfred\n";
    let packed = plimsoll_aws::published::pack(text).unwrap();
    assert_eq!(Published::of(None, text), Published::Nothing);
    assert_eq!(Published::of(Some(&packed), text), Published::Same);
    assert_eq!(Published::of(Some(text), text), Published::Same);
    let digest = plimsoll_aws::published::digest("platform: harbour\n");
    assert_eq!(Published::of(Some("platform: harbour\n"), text), Published::Other(digest));
    let broken = Published::of(Some("plimsoll1:!!!"), text);
    assert!(matches!(broken, Published::Unreadable(_)), "{broken:?}");
}
