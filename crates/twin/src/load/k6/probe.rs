//! Whether a part of a script that cannot be followed matters for a load.

use std::collections::HashSet;

use oxc_ast::AstKind;
use oxc_ast_visit::Visit;

use super::script::{Import, Script};

/// What is given on the command line and so need not be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub(super) calls: bool,
    pub(super) sleeps: bool,
}

/// A search through a part of a script.
pub(super) struct Probe<'p, 's, 'a> {
    script: &'p Script<'s, 'a>,
    given: Given,
    seen: HashSet<String>,
    /// Loops, switches and functions around the place, inside the part.
    loops: u32,
    switches: u32,
    functions: u32,
    /// The part may send requests or wait.
    pub(super) asks: bool,
    /// The part may end what is around it, with `return`, `break` or `continue`.
    pub(super) leaves: bool,
}

impl<'p, 's, 'a> Probe<'p, 's, 'a> {
    pub(super) fn new(script: &'p Script<'s, 'a>, given: Given) -> Self {
        let seen = HashSet::new();
        Self {
            script,
            given,
            seen,
            loops: 0,
            switches: 0,
            functions: 0,
            asks: false,
            leaves: false,
        }
    }

    /// Looks at what a name stands for: any use of it counts, since it may be called elsewhere.
    pub(super) fn name(&mut self, name: &str) {
        match self.script.imported(name) {
            Some(Import::Http | Import::Request(_)) => self.asks |= !self.given.calls,
            Some(Import::K6 | Import::Sleep) => self.asks |= !self.given.sleeps,
            Some(Import::Foreign) => self.asks = true,
            Some(Import::Group) => {}
            None => self.function(name),
        }
    }

    fn function(&mut self, name: &str) {
        let Some(code) = self.script.function(name) else { return };
        if !self.seen.insert(name.to_owned()) {
            return;
        }
        let (statements, expression) = code.body();
        self.within_function(|probe| {
            for statement in statements {
                probe.visit_statement(statement);
            }
            if let Some(expression) = expression {
                probe.visit_expression(expression);
            }
        });
    }

    /// Looks at the inside of a function, whose `return` ends only itself.
    pub(super) fn within_function(&mut self, visit: impl FnOnce(&mut Self)) {
        self.functions += 1;
        visit(self);
        self.functions -= 1;
    }
}

impl<'a> Visit<'a> for Probe<'_, '_, 'a> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        let inside = self.functions > 0;
        match kind {
            AstKind::IdentifierReference(name) => self.name(&name.name),
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => self.functions += 1,
            AstKind::SwitchStatement(_) => self.switches += 1,
            AstKind::ReturnStatement(_) => self.leaves |= !inside,
            AstKind::BreakStatement(_) => {
                self.leaves |= !inside && self.loops == 0 && self.switches == 0;
            }
            AstKind::ContinueStatement(_) => self.leaves |= !inside && self.loops == 0,
            kind if is_loop(kind) => self.loops += 1,
            _ => {}
        }
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        match kind {
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => self.functions -= 1,
            AstKind::SwitchStatement(_) => self.switches -= 1,
            kind if is_loop(kind) => self.loops -= 1,
            _ => {}
        }
    }
}

fn is_loop(kind: AstKind<'_>) -> bool {
    matches!(
        kind,
        AstKind::ForStatement(_)
            | AstKind::ForOfStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
    )
}
