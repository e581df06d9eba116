//! Recurrences: cron expressions in a time zone.
//!
//! The cron crate brings the expressions and the search, jiff the zones and their clock changes;
//! this file joins the two.

use std::cmp::Ordering;

use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::time::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

/// A zone of the IANA database, as compiled in.
#[must_use]
pub fn time_zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// A cron expression of five fields.
#[derive(Debug)]
pub struct Recurrence(Cron);

impl Recurrence {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, in a person's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fields = text.split_whitespace().count();
        if fields != 5 {
            return Err(format!("it has {fields} fields, not 5"));
        }
        CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(text)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// The last moment at `now` or before it that the expression names.
    pub(super) fn last_before(&self, now: &ZonedDateTime) -> Option<Timestamp> {
        let at = self.0.find_previous_occurrence(&Moment(now.clone()), true).ok()?;
        Some(at.0.timestamp())
    }

    /// The first moment strictly after `now` that the expression names; `None` when there is none
    /// within the years that the cron crate searches.
    #[must_use]
    pub fn next_after(&self, now: &ZonedDateTime) -> Option<Timestamp> {
        let at = self.0.find_next_occurrence(&Moment(now.clone()), false).ok()?;
        Some(at.0.timestamp())
    }
}

/// A moment in a zone, as the cron crate walks it.
#[derive(Clone, Debug)]
struct Moment(ZonedDateTime);

impl CronDateTime for Moment {
    fn to_civil(&self) -> CivilDateTime {
        let civil = self.0.datetime();
        // jiff keeps every part in its range, so the parts are taken as they are.
        let part = |value: i8| u32::from(value.unsigned_abs());
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(
                i32::from(civil.year()),
                part(civil.month()),
                part(civil.day()),
            ),
            CivilTime::from_parts_unchecked(
                part(civil.hour()),
                part(civil.minute()),
                part(civil.second()),
            ),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        let days = self.0.weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::from(days.unsigned_abs()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let small = |value: u32| i8::try_from(value).map_err(|_| CronError::InvalidDate);
        let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
        let datetime = DateTime::new(
            year,
            small(civil.month())?,
            small(civil.day())?,
            small(civil.hour())?,
            small(civil.minute())?,
            small(civil.second())?,
            0,
        )
        .map_err(|_| CronError::InvalidDate)?;
        let ambiguous = self.0.time_zone().to_ambiguous_zoned_datetime(datetime);
        let moment = |zoned: Result<ZonedDateTime, jiff::Error>| {
            zoned.map(Self).map_err(|_| CronError::InvalidTime)
        };
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => {
                Resolution::Single(moment(ambiguous.unambiguous())?)
            }
            AmbiguousOffset::Fold { .. } => Resolution::Ambiguous(
                moment(ambiguous.clone().earlier())?,
                moment(ambiguous.later())?,
            ),
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.0.checked_add(SignedDuration::from_secs(seconds)).ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.timestamp().cmp(&other.0.timestamp())
    }
}
