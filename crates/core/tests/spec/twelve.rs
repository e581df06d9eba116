//! All mistakes of a file are reported in one run.

use std::collections::BTreeSet;

use crate::support::check;

#[test]
fn twelve_mistakes_are_twelve_diagnostics_in_one_run() {
    let problems = check(include_str!("twelve.yaml"));
    let told: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}: {}", problem.place.unwrap(), problem.code, problem.message))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    9:39 PL0203: `subnet-5e6f7g8h` cannot be an id: `g` is no hexadecimal digit
    17:20 PL0301: min 10 is above max 2
    18:5 PL0104: `launch_configuration` is retired
    19:5 PL0101: `health_chek` is not known here
    20:13 PL0102: `two minutes` is not a duration
    24:9 PL0501: policies `cpu` and `load` track the same metric
    26:71 PL0506: IncreaseMaxCapacity is not accepted: AWS never lowers the raised maximum again
    28:26 PL0504: `30 6 * * MON-FRY` is no recurrence: `FRY` is no day of the week
    29:55 PL0505: `Europe/Berln` is no time zone
    32:37 PL0202: a target group's name holds 32 characters at most; `alfred-production-agent-financial` has 33
    33:13 PL0601: `agent-financial` leans on `db-postgre`, which is no service
    36:28 PL0303: `db-postgres` is stateful and cannot have 3 instances
    ");
    assert_eq!(problems.len(), 12);
    let codes: BTreeSet<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes.len(), 12, "one code each");
}
