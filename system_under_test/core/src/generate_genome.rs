//! `generate_genome`.

use genomics::{Codon, GeneratedGene, GeneratedGenome, GeneratorOptions, Motif, Region};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::guard::guarded;

/// Bases on a line of the FASTA text.
const LINE_BP: usize = 70;

/// Make up a genome whose truth is known.
///
/// Background usage and one profile a trait are drawn from a seed, synonyms uniformly on their
/// simplex. Each gene, ATG, sense codons, TAA, is 300 to 3000 nt long on a random strand, with a
/// promoter and, in half of the genes each, an enhancer and a silencer. It carries no trait with
/// probability 0.5, one with 0.3, two with 0.2; a carried one has a stretch of up to 100 codons, at
/// most half of its even part of the gene, in which each codon is drawn again from the profile,
/// among its synonyms, with probability `strength`. 0.0 plants nothing; genes, motifs and proteins
/// never depend on it.
///
/// Returns {"record", "fasta" (the text), "length_bp", "genes": [{"id", "start", "end", "strand",
/// "planted": [{"trait", "start", "end" (within the gene)}, ...]}, ...], "motifs": [{"kind",
/// "start", "end", "strand", "gene"}, ...], "background": {codon: frequency}, "profiles": {trait:
/// {codon: frequency}}}. Coordinates are 1-based, both ends included, on the forward strand
/// except within genes.
///
/// Raises ValueError for an argument out of range: 1 to 100,000 genes, 0 to 100 traits, a strength
/// of 0 to 1.
#[pyfunction]
#[pyo3(signature = (seed, genes=100, traits=4, strength=0.8))]
pub(crate) fn generate_genome(
    py: Python<'_>,
    seed: u64,
    genes: usize,
    traits: usize,
    strength: f64,
) -> PyResult<Bound<'_, PyDict>> {
    let options = GeneratorOptions { seed, genes, traits, strength };
    let (genome, fasta) = guarded(py, |_| {
        let genome = genomics::generate_genome(options)?;
        let fasta = fasta(&genome);
        Ok((genome, fasta))
    })?;
    let genes: Vec<_> =
        genome.genes.iter().map(|g| gene_dict(py, &genome, g)).collect::<PyResult<_>>()?;
    let motifs: Vec<_> =
        genome.motifs.iter().map(|m| motif_dict(py, &genome, m)).collect::<PyResult<_>>()?;
    let profiles = PyDict::new(py);
    for profile in &genome.profiles {
        profiles.set_item(&profile.name, frequency_dict(py, &profile.frequencies)?)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("record", &genome.id)?;
    dict.set_item("fasta", fasta)?;
    dict.set_item("length_bp", genome.bases.len())?;
    dict.set_item("genes", genes)?;
    dict.set_item("motifs", motifs)?;
    dict.set_item("background", frequency_dict(py, &genome.background)?)?;
    dict.set_item("profiles", profiles)?;
    Ok(dict)
}

fn fasta(genome: &GeneratedGenome) -> String {
    let lines = genome.bases.chunks(LINE_BP).map(|line| String::from_utf8_lossy(line) + "\n");
    std::iter::once(format!(">{} made up\n", genome.id).into()).chain(lines).collect()
}

fn place(dict: &Bound<'_, PyDict>, region: Region) -> PyResult<()> {
    dict.set_item("start", region.start)?;
    dict.set_item("end", region.end)?;
    dict.set_item("strand", region.strand.to_string())
}

fn gene_dict<'py>(
    py: Python<'py>,
    genome: &GeneratedGenome,
    gene: &GeneratedGene,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("id", &gene.id)?;
    place(&dict, gene.region)?;
    let mut planted = Vec::new();
    for stretch in &gene.planted {
        let dict = PyDict::new(py);
        dict.set_item("trait", &genome.profiles[stretch.profile].name)?;
        dict.set_item("start", stretch.start)?;
        dict.set_item("end", stretch.end)?;
        planted.push(dict);
    }
    dict.set_item("planted", planted)?;
    Ok(dict)
}

fn motif_dict<'py>(
    py: Python<'py>,
    genome: &GeneratedGenome,
    motif: &Motif,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("kind", motif.kind.to_string())?;
    place(&dict, motif.region)?;
    dict.set_item("gene", &genome.genes[motif.gene].id)?;
    Ok(dict)
}

fn frequency_dict<'py>(py: Python<'py>, frequencies: &[f64]) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (codon, frequency) in Codon::all().zip(frequencies).filter(|(_, f)| **f > 0.0) {
        dict.set_item(codon.to_string(), frequency)?;
    }
    Ok(dict)
}
