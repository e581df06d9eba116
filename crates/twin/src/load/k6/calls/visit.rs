//! What each part of a function does to an iteration.

use oxc_ast::ast::{
    ArrowFunctionExpression, BlockStatement, BreakStatement, CallExpression, ConditionalExpression,
    ContinueStatement, DoWhileStatement, ForInStatement, ForOfStatement, ForStatement,
    FunctionBody, IdentifierReference, IfStatement, LogicalExpression, ReturnStatement, Statement,
    StaticMemberExpression, SwitchStatement, TryStatement, VariableDeclaration,
    VariableDeclarationKind, WhileStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;

use super::{HELP, Walk};
use crate::load::k6::Fault;
use crate::load::k6::script::{Call, Import, method};
use crate::load::k6::value::{Located, Value};

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
