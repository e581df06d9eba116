//! Problems, drawn into the spec. Only this file knows how.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};
use plimsoll_core::spec::{Document, Place, Problem, Severity, Source, Text};

use super::count;

/// A line beyond this length is not shown: no person wrote it.
const LONGEST_LINE: usize = 500;

/// Logs, tickets and half a screen hold so many columns.
const WIDTH: usize = 80;

/// A spec, and perhaps an overlay on it, with problems. As an error it says how many there are; the problems are drawn apart.
#[derive(Debug)]
pub(crate) struct Faulty {
    spec: Source,
    overlay: Option<Source>,
    problems: Vec<Problem>,
}

impl Faulty {
    /// Problems of a document.
    pub(crate) fn new(document: &Document, problems: Vec<Problem>) -> Self {
        let (spec, overlay) = (document.source.clone(), document.overlay().cloned());
        Self { spec, overlay, problems }
    }

    /// Other problems of the same document.
    #[cfg(feature = "aws")]
    pub(crate) fn others(&self, problems: &[Problem]) -> Self {
        let (spec, overlay) = (self.spec.clone(), self.overlay.clone());
        Self { spec, overlay, problems: problems.to_vec() }
    }

    /// The text in which a place lies.
    fn source_of(&self, place: Place) -> &Source {
        let overlay = self.overlay.as_ref().filter(|_| place.text == Text::Overlay);
        overlay.unwrap_or(&self.spec)
    }

    /// The names of the files that have problems.
    fn files(&self) -> String {
        let has = |text: Text| self.problems.iter().any(|problem| problem.text() == text);
        let spec = Some(&self.spec).filter(|_| has(Text::Spec) || self.overlay.is_none());
        let overlay = self.overlay.as_ref().filter(|_| has(Text::Overlay));
        let names: Vec<&str> =
            spec.into_iter().chain(overlay).map(|source| source.name.as_str()).collect();
        names.join(" and ")
    }

    /// The problems, in the order of the file.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether there is any.
    pub(crate) fn any(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Whether the work stops here.
    pub(crate) fn stops(&self, strict: bool) -> bool {
        self.errors() > 0 || (strict && self.any())
    }

    /// How many are errors.
    pub(crate) fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// How many are warnings.
    pub(crate) fn warnings(&self) -> usize {
        self.problems.len() - self.errors()
    }

    /// All of them, one below the other; plain ASCII without a terminal.
    pub(crate) fn drawn(&self, terminal: bool) -> String {
        let theme = if terminal { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH).with_links(false);
        let drawn = |source: &Source| NamedSource::new(&source.name, harmless(&source.text));
        let (spec, overlay) = (drawn(&self.spec), self.overlay.as_ref().map(drawn));
        let mut drawing = String::new();
        for problem in &self.problems {
            let overlay = overlay.as_ref().filter(|_| problem.text() == Text::Overlay);
            let source = overlay.unwrap_or(&spec);
            let shown = Shown { problem, source: self.snippet(problem).then_some(source) };
            if handler.render_report(&mut drawing, &shown).is_err() {
                // The words are what counts when they cannot be drawn.
                drawing += &shown.to_string();
            }
            drawing.push('\n');
        }
        drawing
    }

    /// Whether the problem's line is one to show.
    fn snippet(&self, problem: &Problem) -> bool {
        let place = problem.place.unwrap_or_default();
        let line = place.line.saturating_sub(1) as usize;
        let around = self.source_of(place).text.lines().skip(line.saturating_sub(1)).take(3);
        problem.place.is_some() && around.map(str::len).all(|length| length <= LONGEST_LINE)
    }
}

impl std::error::Error for Faulty {}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.errors(), "error"), (self.warnings(), "warning")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| count(number, noun))
            .collect::<Vec<_>>();
        write!(f, "{} in {}", counts.join(", "), self.files())
    }
}

/// Control characters could steer the terminal; each becomes as many question marks as it has
/// bytes, so that places stay right.
fn harmless(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, character| {
        match character {
            '\n' | '\r' | '\t' => shown.push(character),
            _ if character.is_control() => shown += &"?".repeat(character.len_utf8()),
            _ => shown.push(character),
        }
        shown
    })
}

/// A problem as the drawing takes it.
#[derive(Debug)]
struct Shown<'a> {
    problem: &'a Problem,
    source: Option<&'a NamedSource<String>>,
}

impl std::error::Error for Shown<'_> {}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)?;
        match (self.problem.place, self.source) {
            (Some(place), None) => write!(f, " (at {place})"),
            _ => Ok(()),
        }
    }
}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let severity = match self.problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        Some(Box::new(format!("{severity} {}", self.problem.code)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.problem.place?;
        let span = (place.offset as usize, place.length as usize);
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, span))))
    }
}
