//! The constants of a script.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use jiff::SignedDuration;
use oxc_ast::ast::{
    ArrayExpression, BinaryExpression, BinaryOperator, Expression, LogicalExpression,
    LogicalOperator, ObjectExpression, ObjectPropertyKind, StaticMemberExpression, TemplateLiteral,
    UnaryExpression, UnaryOperator,
};
use oxc_span::GetSpan;
use plimsoll_core::units::Seconds;

use super::Fault;
use crate::load::curve::LARGEST;

/// Ten years, in milliseconds.
const LONGEST: u64 = 315_360_000_000;

/// What is known about an expression without running it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    /// A text of which only the beginning is known, such as a URL that ends in a computed path.
    Begins(String),
    Truth(bool),
    /// `null`, `undefined`, and what the environment would have set.
    Missing,
    List(Vec<Located>),
    Object(Vec<(String, Located)>),
    /// Only a run would show it.
    Unknown,
}

/// A value, and the byte of the script at which it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Located {
    pub(super) at: u32,
    pub(super) value: Value,
}

impl Located {
    fn fault(&self, what: &str, kind: &str, example: &str) -> Fault {
        let message = match &self.value {
            Value::Unknown | Value::Begins(_) => format!("{what} is not a constant"),
            Value::Number(number) => format!("{what} is {number} and not {kind}"),
            Value::Text(text) => format!("{what} is `{text}` and not {kind}"),
            Value::Truth(_) | Value::Missing | Value::List(_) | Value::Object(_) => {
                format!("{what} is not {kind}")
            }
        };
        Fault::new(self.at, message, format!("write {kind}, such as {example}"))
    }

    /// A number that is not negative.
    pub(super) fn number(&self, what: &str) -> Result<f64, Fault> {
        match self.value {
            Value::Number(number) if (0.0..=LARGEST).contains(&number) => Ok(number),
            _ => Err(self.fault(what, "a number that is not negative", "100")),
        }
    }

    pub(super) fn text(&self, what: &str, example: &str) -> Result<&str, Fault> {
        match &self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.fault(what, "a text", example)),
        }
    }

    pub(super) fn list(&self, what: &str, example: &str) -> Result<&[Self], Fault> {
        match &self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.fault(what, "a list", example)),
        }
    }

    pub(super) fn fields(&self, what: &str, example: &str) -> Result<Fields<'_>, Fault> {
        match &self.value {
            Value::Object(entries) => Ok(Fields { at: self.at, entries }),
            _ => Err(self.fault(what, "an object", example)),
        }
    }

    /// A span of time in milliseconds: a text such as `1m30s`, or a number of them.
    pub(super) fn milliseconds(&self, what: &str) -> Result<u64, Fault> {
        let milliseconds = match &self.value {
            Value::Number(number) => SignedDuration::try_from_secs_f64(number / 1e3).ok(),
            Value::Text(text) => {
                let days = || text.contains('d').then(|| text.parse::<Seconds>().ok())?;
                let days = || Some(SignedDuration::from_secs(i64::from(days()?.0)));
                text.parse::<SignedDuration>().ok().or_else(days)
            }
            _ => None,
        };
        milliseconds
            .and_then(|span| u64::try_from(span.as_millis()).ok())
            .filter(|&span| span <= LONGEST)
            .ok_or_else(|| self.fault(what, "a duration", "'5m'"))
    }

    /// Whether JavaScript takes the value as true; `None` if only a run would show it.
    pub(super) fn truth(&self) -> Option<bool> {
        match &self.value {
            Value::Unknown => None,
            Value::Begins(known) => (!known.is_empty()).then_some(true),
            Value::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Value::Text(text) => Some(!text.is_empty()),
            Value::Truth(truth) => Some(*truth),
            Value::Missing => Some(false),
            Value::List(_) | Value::Object(_) => Some(true),
        }
    }

    /// The known beginning of the value as text, and whether that is all of it.
    fn beginning(&self) -> Option<(String, bool)> {
        match &self.value {
            Value::Number(number) => Some((number.to_string(), true)),
            Value::Text(text) => Some((text.clone(), true)),
            Value::Begins(text) => Some((text.clone(), false)),
            _ => None,
        }
    }
}

/// The entries of an object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'v> {
    pub(super) at: u32,
    pub(super) entries: &'v [(String, Located)],
}

impl<'v> Fields<'v> {
    /// The last entry of a name, as JavaScript has it; one that is not set is none.
    pub(super) fn get(self, name: &str) -> Option<&'v Located> {
        let entry = self.entries.iter().rev().find(|(other, _)| other == name);
        entry.map(|(_, value)| value).filter(|value| value.value != Value::Missing)
    }

    pub(super) fn need(self, name: &str, what: &str) -> Result<&'v Located, Fault> {
        self.get(name).ok_or_else(|| {
            Fault::new(self.at, format!("{what} has no `{name}`"), format!("add `{name}`"))
        })
    }
}

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
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the language has forty more forms, and none of them is a constant"
    )]
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
