//! Python module `swarm_core`: wiring only, the work is done by the crate `genomics`.

#![expect(clippy::doc_markdown, reason = "the comments of functions are docstrings for Python")]
#![expect(clippy::needless_pass_by_value, reason = "PyO3 hands over owned arguments")]

mod benjamini_hochberg;
mod chi_square;
mod codon_counts;
mod codon_dict;
mod codon_pair_information;
mod decompress;
mod errors;
mod gene_codon_counts;
mod generate_genome;
mod genome_summary;
mod guard;
mod inject_panic;
mod kl_divergence;
mod read_records;
mod region_argument;
mod rscu;
mod scan_traits;
mod scan_windows;
mod shuffle_null;
mod signals;
mod window_arguments;

use pyo3::prelude::*;

#[pymodule]
mod swarm_core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::benjamini_hochberg::benjamini_hochberg;
    #[pymodule_export]
    use crate::chi_square::chi_square;
    #[pymodule_export]
    use crate::codon_counts::codon_counts;
    #[pymodule_export]
    use crate::codon_pair_information::codon_pair_information;
    #[pymodule_export]
    use crate::decompress::_decompress;
    #[pymodule_export]
    use crate::errors::{CorePanicError, ParseError};
    #[pymodule_export]
    use crate::gene_codon_counts::gene_codon_counts;
    #[pymodule_export]
    use crate::generate_genome::generate_genome;
    #[pymodule_export]
    use crate::genome_summary::genome_summary;
    #[pymodule_export]
    use crate::inject_panic::_panic;
    #[pymodule_export]
    use crate::kl_divergence::kl_divergence;
    #[pymodule_export]
    use crate::read_records::read_records;
    #[pymodule_export]
    use crate::rscu::rscu;
    #[pymodule_export]
    use crate::scan_traits::scan_traits;
    #[pymodule_export]
    use crate::scan_windows::scan_windows;
    #[pymodule_export]
    use crate::shuffle_null::synonymous_shuffle_null;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
