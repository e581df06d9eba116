//! Metric math, as far as it can be computed from one period: arithmetic and `FILL`.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use super::signal::Signal;

/// Brackets within brackets that are read; nobody writes more.
const DEEPEST: usize = 32;

/// An expression over signals.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    /// A number.
    Number(f64),
    /// A signal; the number stands in while it has no data (`FILL`).
    Signal(Signal, Option<f64>),
    /// Two parts and what is done with them.
    Both(Operator, Box<Self>, Box<Self>),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Expression {
    /// Reads an expression over signals by their ids.
    pub(crate) fn parse(text: &str, signals: &BTreeMap<String, Signal>) -> Result<Self, String> {
        let mut parser = Parser { rest: text.chars().peekable(), signals, depth: 0 };
        let expression = parser.sum();
        match (expression, parser.next()) {
            (Some(expression), None) => Ok(expression),
            _ => Err(format!("`{text}` is not modelled: arithmetic and FILL are")),
        }
    }

    /// Its value, when every signal has one or a stand-in.
    pub(crate) fn value(&self, of: impl Fn(&Signal) -> Option<f64> + Copy) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Signal(signal, otherwise) => of(signal).or(*otherwise),
            Self::Both(operator, left, right) => {
                let (left, right) = (left.value(of)?, right.value(of)?);
                Some(match operator {
                    Operator::Add => left + right,
                    Operator::Subtract => left - right,
                    Operator::Multiply => left * right,
                    Operator::Divide => left / right,
                })
            }
        }
    }
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    signals: &'a BTreeMap<String, Signal>,
    /// Brackets that are open.
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
        self.rest.peek().copied()
    }

    fn eat(&mut self, wanted: char) -> Option<()> {
        (self.next() == Some(wanted)).then(|| {
            self.rest.next();
        })
    }

    fn sum(&mut self) -> Option<Expression> {
        self.chain(Self::product, [('+', Operator::Add), ('-', Operator::Subtract)])
    }

    fn product(&mut self) -> Option<Expression> {
        self.chain(Self::atom, [('*', Operator::Multiply), ('/', Operator::Divide)])
    }

    fn chain(
        &mut self,
        part: impl Fn(&mut Self) -> Option<Expression>,
        operators: [(char, Operator); 2],
    ) -> Option<Expression> {
        let mut left = part(self)?;
        loop {
            let next = self.next();
            let Some((sign, operator)) =
                operators.into_iter().find(|(sign, _)| Some(*sign) == next)
            else {
                return Some(left);
            };
            self.eat(sign)?;
            left = Expression::Both(operator, Box::new(left), Box::new(part(self)?));
        }
    }

    fn atom(&mut self) -> Option<Expression> {
        if self.eat('(').is_some() {
            self.depth += 1;
            let inner = (self.depth <= DEEPEST).then(|| self.sum())??;
            self.depth -= 1;
            return self.eat(')').map(|()| inner);
        }
        let word = self.word();
        if word == "FILL" {
            return self.fill();
        }
        // An id first: `inf` and `nan` would be numbers too.
        if let Some(signal) = self.signals.get(&word) {
            return Some(Expression::Signal(signal.clone(), None));
        }
        word.parse().ok().filter(|number: &f64| number.is_finite()).map(Expression::Number)
    }

    /// `FILL(m, 0)`, or `FILL(m, REPEAT)`, which only matters to sparse metrics.
    fn fill(&mut self) -> Option<Expression> {
        self.eat('(')?;
        let id = self.word();
        let signal = self.signals.get(&id)?.clone();
        self.eat(',')?;
        let otherwise = self.word();
        self.eat(')')?;
        if otherwise == "REPEAT" {
            return Some(Expression::Signal(signal, None));
        }
        otherwise.parse().ok().map(|number| Expression::Signal(signal, Some(number)))
    }

    fn word(&mut self) -> String {
        self.next();
        let part = |c: &char| c.is_ascii_alphanumeric() || *c == '_' || *c == '.';
        std::iter::from_fn(|| self.rest.next_if(part)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::signal::Period;

    fn value(text: &str, a: Option<f64>) -> Option<f64> {
        let signals = BTreeMap::from([
            ("a".to_owned(), Signal::InService),
            ("b".to_owned(), Signal::Constant(4.0)),
        ]);
        Expression::parse(text, &signals).ok()?.value(|signal| {
            if *signal == Signal::InService { a } else { signal.value(&Period::default(), 60) }
        })
    }

    #[test]
    fn products_bind_before_sums_and_equals_go_from_the_left() {
        assert_eq!(value("1 + 2*3", None), Some(7.0));
        assert_eq!(value("(1 + 2) * 3 - 4 / 2 / 2", None), Some(8.0));
        assert_eq!(value("a / b", Some(10.0)), Some(2.5));
    }

    #[test]
    fn a_gap_is_a_gap_unless_it_is_filled() {
        assert_eq!(value("a + b", None), None);
        assert_eq!(value("FILL(a, 1) + b", None), Some(5.0));
        assert_eq!(value("FILL(a, REPEAT) + b", Some(2.0)), Some(6.0));
    }

    #[test]
    fn what_is_not_modelled_is_refused() {
        for text in ["", "a +", "AVG(a)", "c", "a b", "(a", "1..2", "inf"] {
            assert_eq!(value(text, Some(1.0)), None, "{text}");
        }
        let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(value(&nested(DEEPEST), Some(1.0)), Some(1.0));
        assert_eq!(value(&nested(100_000), Some(1.0)), None);
    }
}
