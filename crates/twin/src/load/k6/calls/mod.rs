//! What one iteration asks and waits: the function is followed in the order in which it runs.

use std::collections::{BTreeMap, BTreeSet};

use oxc_ast_visit::Visit;

use super::Fault;
use super::probe::{Given, Probe};
use super::scenarios::Scenario;
use super::scope::Scope;
use super::script::{Code, Script};
use super::value::{Located, Value};
use crate::load::read::ReadOptions;

mod loops;
mod requests;
mod visit;

/// The way out of what cannot be followed.
const HELP: &str = "make it constant, or give --requests-per-iteration and --think-time, which \
                    stand in for what the function calls and sleeps";

/// Functions inside functions; more is a function that calls itself.
const DEEPEST: u32 = 32;

/// Requests and turns of loops in one iteration; more is a mistake.
const MOST_STEPS: u32 = 10_000;

/// What one iteration does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Iteration {
    /// Requests by service.
    pub(super) calls: BTreeMap<String, f64>,
    /// Seconds asleep.
    pub(super) think: f64,
    /// What the reader should know.
    pub(super) notes: BTreeSet<String>,
}

/// Reads the function that a scenario runs, except for what is given in the options.
pub(super) fn iteration(
    script: &Script<'_, '_>,
    scenario: &Scenario,
    options: &ReadOptions<'_>,
) -> Result<Iteration, Fault> {
    let given = Given {
        calls: options.requests_per_iteration.is_some(),
        sleeps: options.think_time.is_some(),
    };
    let mut iteration = Iteration::default();
    if !(given.calls && given.sleeps) {
        iteration = Walk::new(script, options, given).run(scenario)?;
    }
    if let Some(number) = options.requests_per_iteration {
        let service = options.service().map_err(|error| {
            Fault::new(scenario.at, error.message, "give --service with --requests-per-iteration")
        })?;
        iteration.calls = BTreeMap::from([(service, number)]);
    }
    iteration.think = options.think_time.unwrap_or(iteration.think);
    if iteration.calls.values().sum::<f64>() <= 0.0 {
        let message = format!("`{}` sends no requests with k6/http", scenario.exec);
        return Err(Fault::new(scenario.at, message, HELP));
    }
    Ok(iteration)
}

struct Walk<'w, 's, 'a> {
    script: &'w Script<'s, 'a>,
    options: &'w ReadOptions<'w>,
    given: Given,
    scope: Scope,
    iteration: Iteration,
    fault: Option<Fault>,
    /// A `return` was reached: the rest of the function does not run.
    ended: bool,
    depth: u32,
    steps: u32,
}

impl<'w, 's, 'a> Walk<'w, 's, 'a> {
    fn new(script: &'w Script<'s, 'a>, options: &'w ReadOptions<'w>, given: Given) -> Self {
        Self {
            script,
            options,
            given,
            scope: script.scope.module(),
            iteration: Iteration::default(),
            fault: None,
            ended: false,
            depth: 0,
            steps: 0,
        }
    }

    fn run(mut self, scenario: &Scenario) -> Result<Iteration, Fault> {
        let name = &scenario.exec;
        let code = self.script.function(name).ok_or_else(|| {
            let message = format!("the script has no function `{name}` to run");
            Fault::new(scenario.at, message, format!("export a function `{name}`"))
        })?;
        self.follow(code, &[], scenario.at);
        self.fault.map_or(Ok(self.iteration), Err)
    }

    /// Keeps the first fault; nothing is followed after it.
    fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    fn stopped(&self) -> bool {
        self.ended || self.fault.is_some()
    }

    /// Counts a request or a turn of a loop.
    fn step(&mut self, at: u32) {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            let message = format!("an iteration takes more than {MOST_STEPS} steps");
            self.fail(Fault::new(at, message, HELP));
        }
    }

    /// Follows a function of the script with what is known of its arguments.
    fn follow(&mut self, code: Code<'_, 'a>, arguments: &[Located], at: u32) {
        if self.depth == DEEPEST {
            let message = format!("functions call each other more than {DEEPEST} deep");
            return self.fail(Fault::new(at, message, HELP));
        }
        let outer = std::mem::replace(&mut self.scope, self.script.scope.module());
        self.scope.enter();
        for (index, parameter) in code.parameters().items.iter().enumerate() {
            for name in parameter.pattern.get_binding_identifiers() {
                let known = arguments.get(index).filter(|_| parameter.initializer.is_none());
                let unknown = Located { at, value: Value::Unknown };
                self.scope.bind(&name.name, known.cloned().unwrap_or(unknown));
            }
        }
        self.body(code);
        self.scope = outer;
    }

    /// Follows the inside of a function, whose `return` ends only itself.
    fn body(&mut self, code: Code<'_, 'a>) {
        self.depth += 1;
        let (statements, expression) = code.body();
        for statement in statements {
            self.visit_statement(statement);
        }
        if let Some(expression) = expression {
            self.visit_expression(expression);
        }
        self.ended = false;
        self.depth -= 1;
    }

    /// Whether what a name stands for sends requests or waits.
    fn asks(&self, name: &str) -> bool {
        let mut probe = Probe::new(self.script, self.given);
        probe.name(name);
        probe.asks
    }

    /// Passes over a part that cannot be followed, if it does not matter.
    fn pass(&mut self, at: u32, what: &str, visit: impl FnOnce(&mut Probe<'_, 's, 'a>)) {
        let mut probe = Probe::new(self.script, self.given);
        visit(&mut probe);
        if probe.asks {
            self.fail(Fault::new(at, format!("{what} decides what an iteration does"), HELP));
        } else if probe.leaves {
            self.fail(Fault::new(at, format!("{what} may end the iteration early"), HELP));
        }
    }
}
