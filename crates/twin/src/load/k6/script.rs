//! What a script declares at its top: imports, constants, functions and options.

use std::collections::HashMap;

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, Declaration, ExportDefaultDeclarationKind,
    Expression, FormalParameters, Function, ImportDeclaration, ImportDeclarationSpecifier,
    ModuleExportName, Program, Statement, VariableDeclaration, VariableDeclarationKind,
};

use super::Fault;
use super::scope::Scope;
use super::value::{Located, Value};

/// The functions of `k6/http` that send requests.
const METHODS: [&str; 10] =
    ["get", "post", "put", "del", "patch", "head", "options", "request", "asyncRequest", "batch"];

/// Modules of k6 that send something else than HTTP requests.
const PROTOCOLS: [&str; 5] =
    ["k6/ws", "k6/websockets", "k6/net/grpc", "k6/browser", "k6/experimental/websockets"];

/// A function that is written in the script.
#[derive(Clone, Copy)]
pub(super) enum Code<'s, 'a> {
    Function(&'s Function<'a>),
    Arrow(&'s ArrowFunctionExpression<'a>),
}

impl<'s, 'a> Code<'s, 'a> {
    /// The function that an expression is.
    pub(super) fn of(expression: &'s Expression<'a>) -> Option<Self> {
        match expression.get_inner_expression() {
            Expression::FunctionExpression(function) => Some(Self::Function(function)),
            Expression::ArrowFunctionExpression(arrow) => Some(Self::Arrow(arrow)),
            _ => None,
        }
    }

    pub(super) fn parameters(self) -> &'s FormalParameters<'a> {
        match self {
            Self::Function(function) => &function.params,
            Self::Arrow(arrow) => &arrow.params,
        }
    }

    /// The statements of the function, or the one expression of an arrow.
    pub(super) fn body(self) -> (&'s [Statement<'a>], Option<&'s Expression<'a>>) {
        let body = match self {
            Self::Function(function) => function.body.as_deref(),
            Self::Arrow(arrow) => match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => Some(&**body),
                body => return (&[], body.as_expression()),
            },
        };
        (body.map_or(&[], |body| &body.statements), None)
    }
}

/// A function of `k6/http` that sends requests, by its name.
pub(super) fn method(name: &str) -> Option<&'static str> {
    METHODS.into_iter().find(|method| *method == name)
}

/// What an imported name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// All of `k6/http`.
    Http,
    /// One function of `k6/http` that sends requests.
    Request(&'static str),
    /// All of `k6`.
    K6,
    /// `sleep` of `k6`.
    Sleep,
    /// `group` of `k6`.
    Group,
    /// Something that may ask or wait, and cannot be read here.
    Foreign,
}

/// What a call is, for a load.
pub(super) enum Call<'s, 'a> {
    Request(&'static str),
    Sleep,
    Group,
    /// A function of the script, with its name.
    Own(&'s str, Code<'s, 'a>),
}

/// A script's declarations.
pub(super) struct Script<'s, 'a> {
    /// The constants at the top.
    pub(super) scope: Scope,
    functions: HashMap<&'s str, Code<'s, 'a>>,
    imports: HashMap<&'s str, Import>,
    exported: Option<&'s Expression<'a>>,
}

impl<'s, 'a> Script<'s, 'a> {
    pub(super) fn of(program: &'s Program<'a>) -> Self {
        let mut script = Self {
            scope: Scope::default(),
            functions: HashMap::new(),
            imports: HashMap::new(),
            exported: None,
        };
        for statement in &program.body {
            script.add(statement);
        }
        script
    }

    fn add(&mut self, statement: &'s Statement<'a>) {
        match statement {
            Statement::ImportDeclaration(import) => self.import(import),
            Statement::VariableDeclaration(variables) => self.variables(variables, false),
            Statement::FunctionDeclaration(function) => self.declare(function),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::VariableDeclaration(variables) => self.variables(variables, true),
                Declaration::FunctionDeclaration(function) => self.declare(function),
                _ => {}
            },
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                    self.functions.insert("default", Code::Function(function));
                }
                other => {
                    let expression = other.as_expression();
                    let named = expression.and_then(Expression::get_identifier_reference);
                    let named = named.and_then(|name| self.functions.get(name.name.as_str()));
                    let code = named.copied().or_else(|| Code::of(expression?));
                    self.functions.extend(code.map(|code| ("default", code)));
                }
            },
            _ => {}
        }
    }

    fn declare(&mut self, function: &'s Function<'a>) {
        let name = function.id.as_ref().map(|name| name.name.as_str());
        self.functions.extend(name.map(|name| (name, Code::Function(function))));
    }

    fn variables(&mut self, variables: &'s VariableDeclaration<'a>, exported: bool) {
        for variable in &variables.declarations {
            let Some(name) = variable.id.get_binding_identifier() else { continue };
            let Some(init) = &variable.init else { continue };
            if exported && name.name == "options" {
                self.exported = Some(init);
            }
            if let Some(code) = Code::of(init) {
                self.functions.insert(name.name.as_str(), code);
            }
            let mut value = self.scope.eval(init);
            if variables.kind != VariableDeclarationKind::Const {
                value.value = Value::Unknown;
            }
            self.scope.bind(&name.name, value);
        }
    }

    fn import(&mut self, import: &'s ImportDeclaration<'a>) {
        let module = import.source.value.as_str();
        let foreign = module.starts_with('.') || PROTOCOLS.contains(&module);
        for specifier in import.specifiers.iter().flatten() {
            let named = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => match &one.imported {
                    ModuleExportName::IdentifierName(name) => name.name.as_str(),
                    ModuleExportName::IdentifierReference(name) => name.name.as_str(),
                    ModuleExportName::StringLiteral(name) => name.value.as_str(),
                },
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_)
                | ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => "default",
            };
            let meaning = match (module, named) {
                ("k6/http", "default") => Import::Http,
                ("k6", "default") => Import::K6,
                ("k6", "sleep") => Import::Sleep,
                ("k6", "group") => Import::Group,
                _ if foreign => Import::Foreign,
                _ => match method(named).filter(|_| module == "k6/http") {
                    Some(method) => Import::Request(method),
                    None => continue,
                },
            };
            self.imports.insert(specifier.local().name.as_str(), meaning);
        }
    }

    /// The options of the script, as far as they are constant.
    pub(super) fn options(&self) -> Result<Located, Fault> {
        self.exported.map(|options| self.scope.eval(options)).ok_or_else(|| {
            Fault::new(
                0,
                "the script has no `export const options`",
                "say there how long and how hard it runs: stages, scenarios, or vus and duration",
            )
        })
    }

    pub(super) fn function(&self, name: &str) -> Option<Code<'s, 'a>> {
        self.functions.get(name).copied()
    }

    pub(super) fn imported(&self, name: &str) -> Option<Import> {
        self.imports.get(name).copied()
    }

    /// What a call of this callee is; `None` for one that means nothing for a load.
    pub(super) fn call(&self, callee: &Expression<'a>) -> Option<Call<'s, 'a>> {
        match callee.get_inner_expression() {
            Expression::Identifier(name) => match self.imported(&name.name) {
                Some(Import::Request(method)) => Some(Call::Request(method)),
                Some(Import::Sleep) => Some(Call::Sleep),
                Some(Import::Group) => Some(Call::Group),
                Some(Import::Http | Import::K6 | Import::Foreign) => None,
                None => {
                    let own = self.functions.get_key_value(name.name.as_str());
                    own.map(|(name, code)| Call::Own(name, *code))
                }
            },
            Expression::StaticMemberExpression(member) => {
                let object = member.object.get_identifier_reference()?;
                match (self.imported(&object.name)?, member.property.name.as_str()) {
                    (Import::Http, name) => method(name).map(Call::Request),
                    (Import::K6, "sleep") => Some(Call::Sleep),
                    (Import::K6, "group") => Some(Call::Group),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What to tell about the environment.
    pub(super) fn environment(&self) -> Option<String> {
        let names = self.scope.environment.borrow();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        (!names.is_empty()).then(|| format!("__ENV is read as empty: {}", names.join(", ")))
    }
}
