//! Figures of many runs, and what was hoped of them.

use std::process::ExitCode;

/// Values of one kind.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<f64>);

impl Values {
    pub(super) fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    pub(super) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    fn range(&self) -> String {
        let (first, last) = (self.0.first().unwrap(), self.0.last().unwrap());
        format!("{:.1} ({first:.1} to {last:.1})", self.median())
    }
}

/// What was measured of one function.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// From exec to the first `/next`, in milliseconds.
    pub(super) next: Values,
    /// From exec to the answer to a first alarm, in milliseconds.
    pub(super) answer: Values,
    /// What it used of a processor until `/next`, in milliseconds.
    pub(super) work_before: Values,
    /// What it used of a processor from there to the answer, in milliseconds.
    pub(super) work_after: Values,
    /// Resident memory after it, in MB.
    pub(super) resident: Values,
}

/// Prints the controller's and the baseline's figures, and how many times less the first are.
pub(super) fn table(title: &str, [rust, python]: &[Figures; 2]) {
    println!("\n{title}: median (least to most)");
    println!("{:28} {:>26} {:>30} {:>8}", "", "bootstrap", "Python, boto3", "ratio");
    let rows = [
        ("exec to /next, ms", &rust.next, &python.next),
        ("exec to the answer, ms", &rust.answer, &python.answer),
        ("CPU until /next, ms", &rust.work_before, &python.work_before),
        ("CPU from there, ms", &rust.work_after, &python.work_after),
        ("resident memory, MB", &rust.resident, &python.resident),
    ];
    for (name, ours, theirs) in rows {
        let ratio = theirs.median() / ours.median();
        println!("{name:28} {:>26} {:>30} {ratio:>7.1}x", ours.range(), theirs.range());
    }
}

/// Something hoped for, and what came.
#[derive(Debug)]
pub(super) struct Goal {
    name: &'static str,
    found: f64,
    wanted: f64,
    holds: bool,
}

impl Goal {
    pub(super) fn most(name: &'static str, found: f64, wanted: f64) -> Self {
        Self { name, found, wanted, holds: found <= wanted }
    }

    pub(super) fn least(name: &'static str, found: f64, wanted: f64) -> Self {
        Self { name, found, wanted, holds: found >= wanted }
    }
}

/// Prints each goal; fails when one is missed.
pub(super) fn verdict(goals: &[Goal]) -> ExitCode {
    println!();
    for Goal { name, found, wanted, holds } in goals {
        println!("{} {name}: {found:.1} (goal {wanted})", if *holds { "holds " } else { "MISSED" });
    }
    if goals.iter().all(|goal| goal.holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
