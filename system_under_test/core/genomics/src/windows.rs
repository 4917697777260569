//! Sliding windows over the codons of a gene.

use std::ops::Range;

use crate::analysis_error::AnalysisError;

/// Windows of a fixed length at a fixed distance, in frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    codons: usize,
    step_codons: usize,
}

impl Windows {
    /// Windows of `window_bp` bases, `step_bp` apart.
    ///
    /// # Errors
    /// [`AnalysisError::Windows`] unless both are positive multiples of 3 and the step is no
    /// longer than the window, so that no codon is passed over.
    pub fn new(window_bp: u64, step_bp: u64) -> Result<Self, AnalysisError> {
        let whole = |bp: u64| bp > 0 && bp.is_multiple_of(3);
        let refused = AnalysisError::Windows { window_bp, step_bp };
        if !(whole(window_bp) && whole(step_bp) && step_bp <= window_bp) {
            return Err(refused);
        }
        match (usize::try_from(window_bp / 3), usize::try_from(step_bp / 3)) {
            (Ok(codons), Ok(step_codons)) => Ok(Self { codons, step_codons }),
            _ => Err(refused),
        }
    }

    /// The windows of a gene of `codons` codons, by codon.
    ///
    /// A last window ends with the gene where the grid does not; a gene shorter than a window is
    /// one window, an empty gene none.
    pub(crate) fn of(self, codons: usize) -> Vec<Range<usize>> {
        if codons <= self.codons {
            return if codons == 0 { vec![] } else { vec![Range { start: 0, end: codons }] };
        }
        let last = codons - self.codons;
        let starts = (0..=last).step_by(self.step_codons);
        let rest = (!last.is_multiple_of(self.step_codons)).then_some(last);
        starts.chain(rest).map(|start| start..start + self.codons).collect()
    }
}

/// 1-based first and last base of a stretch of codons.
pub(crate) fn bases_of(codons: &Range<usize>) -> (u64, u64) {
    (codons.start as u64 * 3 + 1, codons.end as u64 * 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every codon lies in a window, and all windows but those of short genes have full length.
    #[test]
    fn covers_the_gene() {
        let windows = Windows::new(300, 150).unwrap();
        assert_eq!(windows.of(0), vec![]);
        assert_eq!(windows.of(99), vec![Range { start: 0, end: 99 }]);
        assert_eq!(windows.of(100), vec![Range { start: 0, end: 100 }]);
        assert_eq!(windows.of(200), [0..100, 50..150, 100..200]);
        assert_eq!(windows.of(211), [0..100, 50..150, 100..200, 111..211]);
        assert_eq!(bases_of(&(50..150)), (151, 450));
    }

    /// Windows out of frame, of no length or with gaps between them are refused.
    #[test]
    fn refusals() {
        for (window_bp, step_bp) in [(0, 3), (300, 0), (301, 150), (300, 151), (150, 300)] {
            let refused = AnalysisError::Windows { window_bp, step_bp };
            assert_eq!(Windows::new(window_bp, step_bp), Err(refused));
        }
    }
}
