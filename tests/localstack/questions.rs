//! Questions on a terminal: what was typed decides.

use crate::harness::{Account, Operator, Spec};

#[test]
fn apply_asks_and_takes_only_a_yes() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    let before = account.read_back();
    let question = "Apply these 30 changes to alfred/production in 3 regions?";
    operator.answer("no", "apply").expect(1, &[question, "not confirmed; nothing was done"]);
    assert!(before == account.read_back(), "nothing was done");
    operator.answer("y", "apply").expect(0, &[question, "Done: 30 changes"]);
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}

#[test]
fn destroy_asks_for_the_name_and_takes_nothing_else() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    operator.done("apply --yes");
    let before = account.read_back();
    for wrong in ["y", "alfred", "alfred/development"] {
        operator
            .answer(wrong, "destroy")
            .expect(1, &["Type alfred/production", "nothing was done"]);
    }
    assert!(before == account.read_back(), "nothing was done");
    operator.answer("alfred/production", "destroy").expect(0, &["Done: 12 changes"]);
    operator.run("destroy").expect(0, &["Nothing to delete"]);
}

#[test]
fn a_yes_to_a_plan_that_no_longer_holds_does_nothing() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    Operator::new(&account, &spec).done("apply --yes");
    let wider = Spec::pair(&account).edit("{ min: 1, max: 4 }", "{ min: 1, max: 6 }");
    let other = Spec::pair(&account).edit("{ min: 1, max: 4 }", "{ min: 1, max: 5 }");
    let meanwhile = format!("apply --yes --file {}", other.path().display());
    Operator::new(&account, &wider)
        .answer_after(&meanwhile, "y", "apply")
        .expect(1, &["the world has moved since the plan was shown", "run the command again"]);
    Operator::new(&account, &other).run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}
