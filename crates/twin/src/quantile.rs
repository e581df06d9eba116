//! Quantiles of a distribution that is known by its tail.

/// The value that so large a share (0 to 1) of a distribution does not exceed. `beyond` gives the
/// share above a value and falls from `0` to `most`.
pub(crate) fn of_tail(share: f64, most: f64, beyond: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, most);
    // Each halving adds a bit: microseconds of an hour take 32.
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if beyond(middle) > 1.0 - share {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_median_of_an_exponential_is_ln_2() {
        let median = super::of_tail(0.5, 100.0, |x| (-x).exp());
        assert!((median - 2f64.ln()).abs() < 1e-9, "{median}");
    }
}
