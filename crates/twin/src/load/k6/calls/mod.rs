//! What one iteration asks and waits: the function is followed in the order in which it runs.

use std::collections::{BTreeMap, BTreeSet};

use oxc_ast::ast::{
    ArrowFunctionExpression, BlockStatement, BreakStatement, CallExpression, ConditionalExpression,
    ContinueStatement, DoWhileStatement, ForInStatement, ForOfStatement, ForStatement,
    FunctionBody, IdentifierReference, IfStatement, LogicalExpression, ReturnStatement, Statement,
    StaticMemberExpression, SwitchStatement, TryStatement, VariableDeclaration,
    VariableDeclarationKind, WhileStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;

use super::Fault;
use super::probe::{Given, Probe};
use super::scenarios::Scenario;
use super::script::{Call, Code, Import, Script, method};
use super::value::{Located, Scope, Value};
use crate::load::read::ReadOptions;

mod loops;
mod requests;

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

impl<'a> Visit<'a> for Walk<'_, '_, 'a> {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        if !self.stopped() {
            walk::walk_statement(self, it);
        }
    }

    fn visit_block_statement(&mut self, it: &BlockStatement<'a>) {
        self.scope.enter();
        walk::walk_block_statement(self, it);
        self.scope.leave();
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        for variable in &it.declarations {
            let mut value = Located { at: it.span.start, value: Value::Unknown };
            if let Some(init) = &variable.init {
                self.visit_expression(init);
                let whole = variable.id.get_binding_identifier().is_some();
                if whole && it.kind == VariableDeclarationKind::Const {
                    value = self.scope.eval(init);
                }
            }
            for name in variable.id.get_binding_identifiers() {
                self.scope.bind(&name.name, value.clone());
            }
        }
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let at = it.span.start;
        match self.script.call(&it.callee) {
            Some(Call::Group) => self.group(it),
            Some(Call::Request(method)) => {
                self.arguments(it);
                self.request(method, it);
            }
            Some(Call::Sleep) => {
                self.arguments(it);
                self.sleep(it);
            }
            Some(Call::Own(name, code)) => {
                self.arguments(it);
                if self.asks(name) {
                    let known = it.arguments.iter().map(|argument| {
                        let unknown = Located { at, value: Value::Unknown };
                        argument.as_expression().map_or(unknown, |known| self.scope.eval(known))
                    });
                    let known: Vec<Located> = known.collect();
                    self.follow(code, &known, at);
                }
            }
            None => walk::walk_call_expression(self, it),
        }
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        // http.cookieJar and check ask nothing; http.get without a call may be called anywhere.
        let name = it.property.name.as_str();
        let object = it.object.get_identifier_reference();
        match object.and_then(|object| self.script.imported(&object.name)) {
            Some(Import::Http) if method(name).is_none() => {}
            Some(Import::K6) if name != "sleep" && name != "group" => {}
            _ => walk::walk_static_member_expression(self, it),
        }
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        if self.asks(&it.name) {
            let message = format!("how `{}` is used here cannot be followed", it.name);
            self.fail(Fault::new(it.span.start, message, HELP));
        }
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        match self.scope.eval(&it.test).truth() {
            Some(true) => self.visit_statement(&it.consequent),
            Some(false) => it.alternate.iter().for_each(|no| self.visit_statement(no)),
            None => self.pass(it.span.start, "this condition", |probe| {
                probe.visit_statement(&it.consequent);
                it.alternate.iter().for_each(|no| probe.visit_statement(no));
            }),
        }
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.visit_expression(&it.test);
        match self.scope.eval(&it.test).truth() {
            Some(true) => self.visit_expression(&it.consequent),
            Some(false) => self.visit_expression(&it.alternate),
            None => self.pass(it.span.start, "this condition", |probe| {
                probe.visit_expression(&it.consequent);
                probe.visit_expression(&it.alternate);
            }),
        }
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.visit_expression(&it.left);
        self.pass(it.right.span().start, "this condition", |probe| {
            probe.visit_expression(&it.right);
        });
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.pass(it.span.start, "this condition", |probe| probe.visit_switch_statement(it));
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        self.visit_block_statement(&it.block);
        if let Some(handler) = &it.handler {
            self.pass(handler.span.start, "a failed call", |probe| {
                probe.visit_catch_clause(handler);
            });
        }
        if let Some(last) = &it.finalizer {
            self.visit_block_statement(last);
        }
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.for_statement(it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.for_of_statement(it);
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.pass(it.span.start, "this loop", |probe| probe.visit_for_in_statement(it));
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.pass(it.span.start, "this loop", |probe| probe.visit_while_statement(it));
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.pass(it.span.start, "this loop", |probe| probe.visit_do_while_statement(it));
    }

    fn visit_break_statement(&mut self, it: &BreakStatement<'a>) {
        self.fail(Fault::new(it.span.start, "this `break` cannot be followed", HELP));
    }

    fn visit_continue_statement(&mut self, it: &ContinueStatement<'a>) {
        self.fail(Fault::new(it.span.start, "this `continue` cannot be followed", HELP));
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        walk::walk_return_statement(self, it);
        self.ended = true;
    }

    // A function that is only mentioned runs when somebody else calls it, or never.
    fn visit_function_body(&mut self, it: &FunctionBody<'a>) {
        self.pass(it.span.start, "whoever calls this function", |probe| {
            probe.within_function(|probe| probe.visit_function_body(it));
        });
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.pass(it.span.start, "whoever calls this function", |probe| {
            probe.visit_arrow_function_expression(it);
        });
    }
}
