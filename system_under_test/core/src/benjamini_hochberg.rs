//! `benjamini_hochberg`.

use pyo3::prelude::*;

use crate::guard::guarded;

/// q-values of Benjamini and Hochberg, in the order of the p-values.
///
/// q_(i) = min over j >= i of (m p_(j) / j), at most 1, for the ordered p-values (J. R. Stat. Soc.
/// B 57 (1995) 289-300). The expected share of false ones among all with q <= a is at most a
/// where the tests are independent or positively dependent (Benjamini and Yekutieli, Ann. Stat.
/// 29 (2001) 1165-1188).
///
/// Raises ValueError for a p-value outside 0 to 1.
#[pyfunction]
#[pyo3(signature = (p_values))]
pub(crate) fn benjamini_hochberg(py: Python<'_>, p_values: Vec<f64>) -> PyResult<Vec<f64>> {
    guarded(py, |_| Ok(genomics::benjamini_hochberg(&p_values)?))
}
