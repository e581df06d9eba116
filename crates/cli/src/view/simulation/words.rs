//! Numbers in few characters. None but an exact zero is shown as 0: one lost request is one.

use jiff::Timestamp;
use plimsoll_twin::outcome::Verdict;

/// A count or a mean: `0`, `<0.1`, `7.5`, `1972`, `12.3k`, `4.5M`.
pub(super) fn quantity(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if number.abs() < 0.05 {
        return "<0.1".to_owned();
    }
    // A unit ends where rounding would show a thousand of it.
    for (below, unit, suffix) in
        [(9_999.5, 1.0, ""), (999_500.0, 1e3, "k"), (999.5e6, 1e6, "M"), (f64::INFINITY, 1e9, "G")]
    {
        if number.abs() < below {
            let scaled = number / unit;
            let decimals = usize::from(scaled.abs() < 99.95);
            let shown = format!("{scaled:.decimals$}");
            let plain = shown.strip_suffix(".0").unwrap_or(&shown);
            return format!("{plain}{suffix}");
        }
    }
    number.to_string()
}

/// A count of whole things that may be an expectation, such as requests: `0`, `<1`, `7`, `12.3k`.
pub(super) fn whole(number: f64) -> String {
    if number > 0.0 && number < 0.5 { "<1".to_owned() } else { quantity(number.round()) }
}

/// US dollars, with cents while they count.
pub(super) fn money(dollars: f64) -> String {
    if dollars < 999.995 { format!("${dollars:.2}") } else { format!("${}", quantity(dollars)) }
}

/// A part of a whole: `0 %`, `<0.01 %`, `0.25 %`, `12.5 %`.
pub(super) fn share(part: f64, whole: f64) -> String {
    let percent = if whole > 0.0 { part / whole * 100.0 } else { 0.0 };
    if percent == 0.0 {
        "0 %".to_owned()
    } else if percent < 0.01 {
        "<0.01 %".to_owned()
    } else if percent < 1.0 {
        format!("{percent:.2} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// Milliseconds: `52`, `12.3k`, or `-` when nothing was answered.
pub(super) fn milliseconds(latency: Option<f64>) -> String {
    latency.map_or_else(|| "-".to_owned(), quantity)
}

/// A span of time by its two largest units: `45s`, `3m20s`, `2h5m`, `3d4h`.
pub(super) fn span(seconds: u64) -> String {
    let (larger, unit, smaller, rest) = match seconds {
        0..60 => return format!("{seconds}s"),
        60..3_600 => (seconds / 60, "m", seconds % 60, "s"),
        3_600..86_400 => (seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => (seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    };
    if smaller == 0 { format!("{larger}{unit}") } else { format!("{larger}{unit}{smaller}{rest}") }
}

/// A moment of a run in UTC: the time of day, and for a run of more than a day its date too.
pub(super) fn clock(start: Timestamp, at: u64, seconds: u64) -> String {
    let moment = start.as_second().saturating_add_unsigned(at);
    let Ok(moment) = Timestamp::from_second(moment) else { return span(at) };
    let form = if seconds > 86_400 { "%m-%d %H:%M" } else { "%H:%M" };
    moment.strftime(form).to_string()
}

/// A number of the run as a float, for ratios and scales only.
pub(super) fn float(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "shown in three digits; exact up to 9e15")]
    {
        number as f64
    }
}

/// `pass` or `FAIL`: words survive a log without colours.
pub(super) const fn verdict(verdict: &Verdict) -> &'static str {
    if verdict.holds { "pass" } else { "FAIL" }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_few_characters_and_only_nothing_is_shown_as_nothing() {
        let cases = [
            (0.0, "0"),
            (0.01, "<0.1"),
            (0.25, "0.2"),
            (7.0, "7"),
            (7.25, "7.2"),
            (99.96, "100"),
            (999.4, "999"),
            (1_971.6, "1972"),
            (9_999.6, "10k"),
            (12_345.0, "12.3k"),
            (999_600.0, "1M"),
            (21_600_000.0, "21.6M"),
            (3e12, "3000G"),
        ];
        for (number, shown) in cases {
            assert_eq!(quantity(number), shown, "{number}");
        }
    }

    #[test]
    fn things_that_are_counted_are_whole() {
        let cases = [(0.0, "0"), (0.3, "<1"), (0.6, "1"), (7.2, "7"), (14_712_345.4, "14.7M")];
        for (number, shown) in cases {
            assert_eq!(whole(number), shown, "{number}");
        }
    }

    #[test]
    fn cents_are_shown_while_they_count() {
        for (dollars, shown) in
            [(0.0, "$0.00"), (12.345, "$12.35"), (999.999, "$1000"), (45_678.9, "$45.7k")]
        {
            assert_eq!(money(dollars), shown);
        }
    }

    #[test]
    fn a_share_never_rounds_a_loss_away() {
        assert_eq!(share(0.0, 10.0), "0 %");
        assert_eq!(share(1.0, 1e9), "<0.01 %");
        assert_eq!(share(25.0, 10_000.0), "0.25 %");
        assert_eq!(share(1.0, 8.0), "12.5 %");
        assert_eq!(share(0.0, 0.0), "0 %");
    }

    #[test]
    fn a_span_shows_its_two_largest_units() {
        let cases =
            [(0, "0s"), (59, "59s"), (60, "1m"), (200, "3m20s"), (7_500, "2h5m"), (90_000, "1d1h")];
        for (seconds, shown) in cases {
            assert_eq!(span(seconds), shown);
        }
    }

    #[test]
    fn a_moment_names_its_day_only_when_there_are_several() {
        let start: Timestamp = "2027-01-04T07:00:00Z".parse().unwrap();
        assert_eq!(clock(start, 2_100, 14_400), "07:35");
        assert_eq!(clock(start, 90_000, 604_800), "01-05 08:00");
    }
}
