//! The constants of a script, and what is known of an expression by them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use oxc_ast::ast::{
    ArrayExpression, BinaryExpression, BinaryOperator, Expression, LogicalExpression,
    LogicalOperator, ObjectExpression, ObjectPropertyKind, StaticMemberExpression, TemplateLiteral,
    UnaryExpression, UnaryOperator,
};
use oxc_span::GetSpan;

use super::value::{Located, Value};

/// No constant that matters to a load is larger, in bytes and parts.
const LARGEST: usize = 100_000;

/// The constants that can be seen, the innermost block last.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    frames: Vec<HashMap<String, Located>>,
    /// Names that were asked of the environment.
    pub(super) environment: Rc<RefCell<BTreeSet<String>>>,
}

impl Scope {
    pub(super) fn enter(&mut self) {
        self.frames.push(HashMap::new());
    }

    pub(super) fn leave(&mut self) {
        self.frames.pop();
    }

    /// What a function sees of the module: the outermost block only.
    pub(super) fn module(&self) -> Self {
        let frames = self.frames.iter().take(1).cloned().collect();
        Self { frames, environment: Rc::clone(&self.environment) }
    }

    pub(super) fn bind(&mut self, name: &str, value: Located) {
        if self.frames.is_empty() {
            self.enter();
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.insert(name.to_owned(), value);
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.frames.iter().rev().find_map(|frame| frame.get(name)).map(|found| &found.value)
    }

    /// What is known about an expression.
    pub(super) fn eval(&self, expression: &Expression<'_>) -> Located {
        let expression = expression.get_inner_expression();
        let value = match expression {
            Expression::NumericLiteral(literal) => Value::Number(literal.value),
            Expression::StringLiteral(literal) => Value::Text(literal.value.to_string()),
            Expression::BooleanLiteral(literal) => Value::Truth(literal.value),
            Expression::NullLiteral(_) => Value::Missing,
            Expression::Identifier(name) => match self.get(&name.name) {
                Some(value) => value.clone(),
                None if name.name == "undefined" => Value::Missing,
                None => Value::Unknown,
            },
            Expression::TemplateLiteral(template) => self.template(template),
            // k6 groups URLs by http.url`...`; the text is that of the template.
            Expression::TaggedTemplateExpression(tagged) if is_url(&tagged.tag) => {
                self.template(&tagged.quasi)
            }
            Expression::UnaryExpression(unary) => self.unary(unary),
            Expression::BinaryExpression(binary) => self.binary(binary),
            Expression::LogicalExpression(logical) => self.logical(logical),
            Expression::ArrayExpression(array) => self.array(array),
            Expression::ObjectExpression(object) => self.object(object),
            Expression::StaticMemberExpression(member) => self.member(member),
            _ => Value::Unknown,
        };
        // A constant made of itself twice, and that a few dozen times, would fill the memory.
        let value = if value.size() > LARGEST { Value::Unknown } else { value };
        Located { at: expression.span().start, value }
    }

    fn template(&self, template: &TemplateLiteral<'_>) -> Value {
        let mut text = String::new();
        let mut holes = template.expressions.iter();
        for quasi in &template.quasis {
            let Some(cooked) = quasi.value.cooked else { return Value::Begins(text) };
            text.push_str(&cooked);
            let Some(hole) = holes.next() else { break };
            match self.eval(hole).beginning() {
                Some((part, true)) => text.push_str(&part),
                Some((part, false)) => return Value::Begins(text + &part),
                None => return Value::Begins(text),
            }
        }
        Value::Text(text)
    }

    fn unary(&self, unary: &UnaryExpression<'_>) -> Value {
        let argument = self.eval(&unary.argument);
        match (unary.operator, &argument.value) {
            (UnaryOperator::UnaryNegation, Value::Number(number)) => Value::Number(-number),
            (UnaryOperator::UnaryPlus, Value::Number(number)) => Value::Number(*number),
            (UnaryOperator::LogicalNot, _) => {
                argument.truth().map_or(Value::Unknown, |truth| Value::Truth(!truth))
            }
            _ => Value::Unknown,
        }
    }

    fn binary(&self, binary: &BinaryExpression<'_>) -> Value {
        let (left, right) = (self.eval(&binary.left), self.eval(&binary.right));
        if let (Value::Number(a), Value::Number(b)) = (&left.value, &right.value) {
            let number = match binary.operator {
                BinaryOperator::Addition => a + b,
                BinaryOperator::Subtraction => a - b,
                BinaryOperator::Multiplication => a * b,
                BinaryOperator::Division => a / b,
                _ => return Value::Unknown,
            };
            return Value::Number(number);
        }
        let joins = binary.operator == BinaryOperator::Addition
            && matches!(left.value, Value::Text(_) | Value::Begins(_));
        match (left.beginning(), right.beginning()) {
            (Some((a, true)), Some((b, true))) if joins => Value::Text(a + &b),
            (Some((a, true)), Some((b, false))) if joins => Value::Begins(a + &b),
            (Some((a, _)), _) if joins => Value::Begins(a),
            (Some((a, true)), Some((b, true))) if binary.operator == BinaryOperator::Addition => {
                Value::Text(a + &b)
            }
            _ => Value::Unknown,
        }
    }

    fn logical(&self, logical: &LogicalExpression<'_>) -> Value {
        let left = self.eval(&logical.left);
        let keeps = match logical.operator {
            LogicalOperator::Or => left.truth(),
            LogicalOperator::And => left.truth().map(|truth| !truth),
            LogicalOperator::Coalesce => match left.value {
                Value::Unknown => None,
                _ => Some(left.value != Value::Missing),
            },
        };
        match keeps {
            Some(true) => left.value,
            Some(false) => self.eval(&logical.right).value,
            None => Value::Unknown,
        }
    }

    fn array(&self, array: &ArrayExpression<'_>) -> Value {
        let items = array.elements.iter().map(|element| Some(self.eval(element.as_expression()?)));
        items.collect::<Option<_>>().map_or(Value::Unknown, Value::List)
    }

    fn object(&self, object: &ObjectExpression<'_>) -> Value {
        let mut entries = Vec::new();
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    let Some(name) = property.key.static_name() else { return Value::Unknown };
                    entries.push((name.into_owned(), self.eval(&property.value)));
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let Value::Object(spread) = self.eval(&spread.argument).value else {
                        return Value::Unknown;
                    };
                    entries.extend(spread);
                }
            }
        }
        Value::Object(entries)
    }

    fn member(&self, member: &StaticMemberExpression<'_>) -> Value {
        let name = member.property.name.as_str();
        if member.object.is_specific_id("__ENV") {
            self.environment.borrow_mut().insert(name.to_owned());
            return Value::Missing;
        }
        match &self.eval(&member.object).value {
            Value::Object(entries) => {
                let found = entries.iter().rev().find(|(other, _)| other == name);
                found.map_or(Value::Missing, |(_, found)| found.value.clone())
            }
            _ => Value::Unknown,
        }
    }
}

fn is_url(tag: &Expression<'_>) -> bool {
    match tag.get_inner_expression() {
        Expression::StaticMemberExpression(member) => member.property.name == "url",
        _ => false,
    }
}
