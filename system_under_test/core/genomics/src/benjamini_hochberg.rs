//! Correction for testing many hypotheses at once.

use crate::statistics_error::StatisticsError;

/// q-values of Benjamini and Hochberg, in the order of the p-values.
///
/// `q_(i) = min over j >= i of (m p_(j) / j)`, at most 1, for the ordered p-values
/// `p_(1) <= .. <= p_(m)`. Calling everything with `q <= a` a discovery keeps the expected share of
/// false ones at or below `a` where the tests are independent or positively dependent. Sources:
/// Benjamini and Hochberg, Controlling the false discovery rate, Journal of the Royal Statistical
/// Society B 57 (1995) 289–300; for dependence Benjamini and Yekutieli, Annals of Statistics 29
/// (2001) 1165–1188.
///
/// # Errors
/// [`StatisticsError::Probability`] for a p-value outside 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 tests")]
pub fn benjamini_hochberg(p_values: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    if let Some(p) = p_values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(StatisticsError::Probability(*p));
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut q_values = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p_values[at] * p_values.len() as f64 / (rank + 1) as f64);
        q_values[at] = least;
    }
    Ok(q_values)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition on a small example, ties included, in the order given.
    #[test]
    fn known_values() {
        let q = benjamini_hochberg(&[0.04, 0.01, 0.5, 0.01]).unwrap();
        let expected = [0.04 * 4.0 / 3.0, 0.02, 0.5, 0.02];
        assert!(q.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{q:?}");
        assert_eq!(benjamini_hochberg(&[]), Ok(vec![]));
    }

    /// What is no probability is refused.
    #[test]
    fn refusals() {
        for p in [-0.1, 1.1, f64::INFINITY] {
            assert_eq!(benjamini_hochberg(&[0.5, p]), Err(StatisticsError::Probability(p)));
        }
        assert!(benjamini_hochberg(&[f64::NAN]).is_err());
    }
}
