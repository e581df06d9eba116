//! Loops whose turns are known before they run.

use oxc_ast::ast::{
    AssignmentExpression, AssignmentOperator, BinaryExpression, BinaryOperator, Expression,
    ForOfStatement, ForStatement, ForStatementInit, ForStatementLeft, Statement, UpdateExpression,
    UpdateOperator,
};
use oxc_ast_visit::Visit;

use super::{HELP, MOST_STEPS, Walk};
use crate::load::k6::Fault;
use crate::load::k6::probe::Probe;
use crate::load::k6::scope::Scope;
use crate::load::k6::value::{Located, Value};

impl<'a> Walk<'_, '_, 'a> {
    pub(super) fn for_statement(&mut self, it: &ForStatement<'a>) {
        let mut probe = Probe::new(self.script, self.given);
        probe.visit_for_statement(it);
        if !probe.asks {
            return self.pass(it.span.start, "this loop", |probe| probe.visit_for_statement(it));
        }
        match Counter::of(it, &self.scope).and_then(Counter::turns) {
            Some((name, turns)) => self.turns(&name, turns, &it.body, it.span.start),
            None => self.fail(Fault::new(
                it.span.start,
                "how often this loop runs is not constant",
                HELP,
            )),
        }
    }

    pub(super) fn for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        let mut probe = Probe::new(self.script, self.given);
        probe.visit_for_of_statement(it);
        if !probe.asks {
            return self.pass(it.span.start, "this loop", |probe| probe.visit_for_of_statement(it));
        }
        let name = match &it.left {
            ForStatementLeft::VariableDeclaration(variables) => {
                variables.declarations.first().and_then(|one| one.id.get_binding_identifier())
            }
            _ => None,
        };
        match (name, self.scope.eval(&it.right).value) {
            (Some(name), Value::List(items)) => {
                let values = items.into_iter().map(|item| item.value).collect();
                self.turns(&name.name, values, &it.body, it.span.start);
            }
            _ => self.pass(it.span.start, "this loop", |probe| probe.visit_for_of_statement(it)),
        }
    }

    fn turns(&mut self, name: &str, turns: Vec<Value>, body: &Statement<'a>, at: u32) {
        for value in turns {
            self.step(at);
            if self.stopped() {
                return;
            }
            self.scope.enter();
            self.scope.bind(name, Located { at, value });
            self.visit_statement(body);
            self.scope.leave();
        }
    }
}

/// `for (let NAME = FIRST; NAME COMPARED LIMIT; NAME += STEP)`.
struct Counter {
    name: String,
    first: f64,
    compared: BinaryOperator,
    limit: f64,
    step: f64,
}

impl Counter {
    fn of(it: &ForStatement<'_>, scope: &Scope) -> Option<Self> {
        let Some(ForStatementInit::VariableDeclaration(variables)) = &it.init else { return None };
        let [variable] = variables.declarations.as_slice() else { return None };
        let name = variable.id.get_binding_identifier()?.name.as_str();
        let first = constant(variable.init.as_ref()?, scope)?;
        let Some(Expression::BinaryExpression(test)) = &it.test else { return None };
        let BinaryExpression { left, operator, right, .. } = &**test;
        let limit = constant(right, scope).filter(|_| left.is_specific_id(name))?;
        let step = step(it.update.as_ref()?, name, scope)?;
        Some(Self { name: name.to_owned(), first, compared: *operator, limit, step })
    }

    /// The values of the counter, unless there are too many.
    fn turns(self) -> Option<(String, Vec<Value>)> {
        let goes_on = |counter: f64| match self.compared {
            BinaryOperator::LessThan => Some(counter < self.limit),
            BinaryOperator::LessEqualThan => Some(counter <= self.limit),
            BinaryOperator::GreaterThan => Some(counter > self.limit),
            BinaryOperator::GreaterEqualThan => Some(counter >= self.limit),
            _ => None,
        };
        let mut values = Vec::new();
        let mut counter = self.first;
        for _ in 0..=MOST_STEPS {
            if !goes_on(counter)? {
                return Some((self.name, values));
            }
            values.push(Value::Number(counter));
            counter += self.step;
        }
        None
    }
}

fn constant(expression: &Expression<'_>, scope: &Scope) -> Option<f64> {
    match scope.eval(expression).value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

/// By how much the update changes the counter.
fn step(update: &Expression<'_>, name: &str, scope: &Scope) -> Option<f64> {
    match update {
        Expression::UpdateExpression(update) => {
            let UpdateExpression { operator, argument, .. } = &**update;
            (argument.get_identifier_name() == Some(name)).then_some(match operator {
                UpdateOperator::Increment => 1.0,
                UpdateOperator::Decrement => -1.0,
            })
        }
        Expression::AssignmentExpression(assignment) => {
            let AssignmentExpression { operator, left, right, .. } = &**assignment;
            let by = constant(right, scope).filter(|_| left.get_identifier_name() == Some(name))?;
            match operator {
                AssignmentOperator::Addition => Some(by),
                AssignmentOperator::Subtraction => Some(-by),
                _ => None,
            }
        }
        _ => None,
    }
}
