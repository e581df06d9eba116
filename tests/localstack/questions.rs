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
