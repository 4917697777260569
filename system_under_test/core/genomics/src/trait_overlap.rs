//! One stretch of a gene speaks for one trait.

use crate::trait_scan::{TraitInGene, TraitSignal};

/// Marks each signal of a gene whose window overlaps that of a stronger one: of a smaller p-value,
/// then of a larger score, then of an earlier profile.
pub(crate) fn mark_overlaps(row: &mut [TraitInGene]) {
    let mut order: Vec<usize> = (0..row.len()).collect();
    let strength = |found: &TraitInGene| found.signal.map_or((2.0, 0.0), |s| (s.p_value, -s.score));
    order.sort_by(|&a, &b| {
        let (a, b) = (strength(&row[a]), strength(&row[b]));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let mut stronger: Vec<TraitSignal> = Vec::new();
    for at in order {
        if let Some(signal) = &mut row[at].signal {
            let overlaps =
                |other: &TraitSignal| signal.start <= other.end && other.start <= signal.end;
            signal.overlaps_stronger = stronger.iter().any(overlaps);
            stronger.push(*signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(start: u64, end: u64, p_value: f64, score: f64) -> TraitInGene {
        let signal = TraitSignal {
            score,
            start,
            end,
            excess_bits: 0.0,
            p_value,
            q_value: p_value,
            shuffles: 1,
            overlaps_stronger: false,
        };
        TraitInGene { log_odds_bits: 0.0, signal: Some(signal) }
    }

    /// The stronger of two that overlap stands alone, by p, by score and by order; others stay.
    #[test]
    fn the_stronger_one_stands() {
        let marked = |mut row: Vec<TraitInGene>| -> Vec<bool> {
            mark_overlaps(&mut row);
            row.iter().map(|found| found.signal.is_some_and(|s| s.overlaps_stronger)).collect()
        };
        assert_eq!(marked(vec![found(1, 9, 0.2, 3.0), found(9, 12, 0.1, 2.0)]), [true, false]);
        assert_eq!(marked(vec![found(1, 9, 0.1, 2.0), found(4, 12, 0.1, 3.0)]), [true, false]);
        assert_eq!(marked(vec![found(1, 9, 0.1, 2.0), found(1, 9, 0.1, 2.0)]), [false, true]);
        assert_eq!(marked(vec![found(1, 9, 0.1, 2.0), found(10, 12, 0.1, 2.0)]), [false, false]);
        let untested = TraitInGene { log_odds_bits: 0.0, signal: None };
        assert_eq!(marked(vec![untested, found(1, 9, 0.1, 2.0)]), [false, false]);
    }
}
