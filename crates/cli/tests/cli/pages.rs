//! Pages that are documentation and run as tests.

#[test]
fn pages_hold() {
    let pages = trycmd::TestCases::new();
    pages.case("tests/cmd/*.md");
    // Help differs without the commands that talk to AWS.
    if cfg!(feature = "aws") {
        pages.case("tests/cmd/aws/*.md");
    }
}
