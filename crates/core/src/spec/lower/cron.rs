//! Recurrences that AWS accepts: the five fields of crontab, without the extensions that other
//! programs know. Source: EC2 Auto Scaling user guide, "Scheduled scaling", recurring schedules.

use crate::spec::suggest;

/// What is wrong, and the way out.
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: String,
}

/// A field of a recurrence.
struct Field {
    what: &'static str,
    least: u32,
    most: u32,
    /// Words for numbers, from the least up.
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { what: "minute", least: 0, most: 59, words: &[] },
    Field { what: "hour", least: 0, most: 23, words: &[] },
    Field { what: "day of the month", least: 1, most: 31, words: &[] },
    Field { what: "month", least: 1, most: 12, words: &MONTHS },
    // Both 0 and 7 are Sunday.
    Field { what: "day of the week", least: 0, most: 7, words: &DAYS },
];

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// Days of each month, of February in a leap year.
const LENGTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl Wrong {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    /// Something that the reader of recurrences minds and this check does not.
    pub(super) fn unknown(message: String) -> Self {
        let help = "the fields are minute, hour, day of month, month, day of week, such as `0 8 * * MON-FRI`";
        Self::new(message, help)
    }
}

/// Checks an expression: each field by itself, then whether such a day exists.
pub(super) fn check(text: &str) -> Result<(), Wrong> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = parts[..] else {
        let message = match parts.len() {
            1 => "it has 1 field, not 5".to_owned(),
            count => format!("it has {count} fields, not 5"),
        };
        return Err(Wrong::unknown(message));
    };
    let parts = [minute, hour, day, month, weekday];
    let mut values = Vec::with_capacity(FIELDS.len());
    for (part, field) in parts.into_iter().zip(&FIELDS) {
        values.push(field.values(part)?);
    }
    let [_, _, days, months, _] = &values[..] else { return Ok(()) };
    let length = |month: &u32| LENGTHS.get(*month as usize - 1).copied().unwrap_or(31);
    let some_day = months.iter().any(|month| days.iter().any(|day| *day <= length(month)));
    // With a day of the week too, either of the two is enough.
    if weekday == "*" && !some_day {
        return Err(Wrong::new(
            "no month has such a day",
            "it would never fire; choose another day",
        ));
    }
    Ok(())
}

impl Field {
    /// The values that a field names.
    fn values(&self, part: &str) -> Result<Vec<u32>, Wrong> {
        let mut values = Vec::new();
        for item in part.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, self.step(step)?),
                None => (item, 1),
            };
            let (first, last) = match range.split_once('-') {
                _ if range == "*" => (self.least, self.most),
                Some((first, last)) => (self.number(first)?, self.number(last)?),
                None if item.contains('/') => (self.number(range)?, self.most),
                None => (self.number(range)?, self.number(range)?),
            };
            if first > last {
                let message = format!("`{range}` runs backwards");
                return Err(Wrong::new(message, "write two ranges, such as `22-23,0-6`"));
            }
            values.extend((first..=last).step_by(step));
        }
        Ok(values)
    }

    fn number(&self, text: &str) -> Result<u32, Wrong> {
        let word = self.words.iter().position(|word| word.eq_ignore_ascii_case(text));
        if let Some(index) = word.and_then(|index| u32::try_from(index).ok()) {
            return Ok(self.least + index);
        }
        let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let number =
            text.parse().ok().filter(|number| digits && (self.least..=self.most).contains(number));
        number.ok_or_else(|| {
            let help = suggest::nearest(&text.to_uppercase(), self.words.iter().copied());
            let range = format!("it is {} to {}, or `*` for any", self.least, self.most);
            Wrong::new(format!("`{text}` is no {}", self.what), help.unwrap_or(range))
        })
    }

    fn step(&self, text: &str) -> Result<usize, Wrong> {
        let step = text.parse().ok().filter(|step| (1..=self.most as usize).contains(step));
        step.ok_or_else(|| {
            let help = format!("a step is 1 to {}", self.most);
            Wrong::new(format!("`{text}` is no step of a {}", self.what), help)
        })
    }
}
