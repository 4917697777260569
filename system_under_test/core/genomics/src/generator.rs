//! Made-up genomes whose truth is known.
//!
//! A genome has a background codon usage and as many trait profiles, all drawn independently (see
//! `codon_model`). Each gene, `ATG`, sense codons, `TAA`, is 300 to 3000 nt long (uniform) on a
//! random strand, its codons drawn from the background. It carries no trait with probability 0.5,
//! one with 0.3, two with 0.2. A carried trait has a stretch of its own, up to 100 codons and at
//! most half of the gene's part that is the trait's (the gene is cut evenly among its traits); in
//! it each codon is drawn again from the profile, among its synonyms, with probability `strength`.
//! So strength 0 plants nothing, and the protein never depends on it.

use rand::seq::index;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::alphabet::reverse_complement;
use crate::analysis_error::AnalysisError;
use crate::codon_model::CodonModel;
use crate::codons::{CODONS, Codon};
use crate::motifs::{Motif, MotifKind, write_motif, write_spacer};
use crate::regions::Region;
use crate::strand::Strand;
use crate::trait_profile::TraitProfile;

const GENES_MAX: usize = 100_000;
const TRAITS_MAX: usize = 100;
const STRETCH_CODONS_MAX: usize = 100;
const ENHANCER_TO_PROMOTER_BP: usize = 40;
const PROMOTER_TO_GENE_BP: usize = 30;
const GENE_TO_SILENCER_BP: usize = 20;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeneratorOptions {
    /// The same genome for the same options and seed.
    pub seed: u64,
    /// Number of genes.
    pub genes: usize,
    /// Number of traits.
    pub traits: usize,
    /// Probability with which a codon of a planted stretch follows the profile, 0 to 1.
    pub strength: f64,
}

/// A stretch of a gene where a trait is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlantedTrait {
    /// Index of the profile.
    pub profile: usize,
    /// First base, 1-based within the gene.
    pub start: u64,
    /// Last base.
    pub end: u64,
}

/// A generated gene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedGene {
    /// Its name.
    pub id: String,
    /// Where it is.
    pub region: Region,
    /// What it carries, by place.
    pub planted: Vec<PlantedTrait>,
}

/// A generated genome of one record, and the truth about it.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedGenome {
    /// Name of the record.
    pub id: String,
    /// Its bases.
    pub bases: Vec<u8>,
    /// Its genes, in order.
    pub genes: Vec<GeneratedGene>,
    /// Its motifs, by gene.
    pub motifs: Vec<Motif>,
    /// Frequencies genes are drawn from, by [`Codon::index`].
    pub background: [f64; CODONS],
    /// Traits and what they prefer.
    pub profiles: Vec<TraitProfile>,
}

/// Generates a genome.
///
/// # Errors
/// [`AnalysisError::Generator`] naming the option out of range.
pub fn generate_genome(options: GeneratorOptions) -> Result<GeneratedGenome, AnalysisError> {
    let GeneratorOptions { seed, genes, traits, strength } = options;
    let within = |name, range, valid: bool| {
        if valid { Ok(()) } else { Err(AnalysisError::Generator { name, range }) }
    };
    within("genes", "1 to 100000", (1..=GENES_MAX).contains(&genes))?;
    within("traits", "0 to 100", traits <= TRAITS_MAX)?;
    within("strength", "0 to 1", (0.0..=1.0).contains(&strength))?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let background = CodonModel::random(&mut random);
    let models: Vec<CodonModel> = (0..traits).map(|_| CodonModel::random(&mut random)).collect();
    let profile = |(number, model): (usize, &CodonModel)| TraitProfile {
        name: format!("trait_{}", number + 1),
        frequencies: model.frequencies,
    };
    let mut genome = GeneratedGenome {
        id: format!("generated_{seed}"),
        bases: Vec::new(),
        genes: Vec::new(),
        motifs: Vec::new(),
        background: background.frequencies,
        profiles: models.iter().enumerate().map(profile).collect(),
    };
    for _ in 0..genes {
        genome.add_gene(&background, &models, strength, &mut random);
    }
    write_spacer(100, &mut genome.bases, &mut random);
    Ok(genome)
}

impl GeneratedGenome {
    fn add_gene(
        &mut self,
        background: &CodonModel,
        models: &[CodonModel],
        strength: f64,
        random: &mut ChaCha8Rng,
    ) {
        write_spacer(random.random_range(100..=300_usize), &mut self.bases, random);
        let number = self.genes.len();
        let (codons, planted) = gene(background, models, strength, random);
        let mut block = Block::default();
        if random.random_bool(0.5) {
            block.motif(MotifKind::Enhancer, random);
            write_spacer(ENHANCER_TO_PROMOTER_BP, &mut block.bases, random);
        }
        block.motif(MotifKind::Promoter, random);
        write_spacer(PROMOTER_TO_GENE_BP, &mut block.bases, random);
        let start = block.bases.len();
        block.bases.extend(codons.iter().flat_map(|codon| codon.bases()));
        let end = block.bases.len();
        if random.random_bool(0.5) {
            write_spacer(GENE_TO_SILENCER_BP, &mut block.bases, random);
            block.motif(MotifKind::Silencer, random);
        }
        let strand = if random.random_bool(0.5) { Strand::Forward } else { Strand::Reverse };
        let offset = self.bases.len();
        let region = |from, to| block.region(offset, from, to, strand);
        let id = format!("gene_{:05}", number + 1);
        self.genes.push(GeneratedGene { id, region: region(start, end), planted });
        let motif = |&(kind, from, to)| Motif { kind, region: region(from, to), gene: number };
        self.motifs.extend(block.motifs.iter().map(motif));
        if strand == Strand::Reverse {
            reverse_complement(&mut block.bases);
        }
        self.bases.append(&mut block.bases);
    }
}

/// A gene and its motifs, in the direction of the gene.
#[derive(Debug, Default)]
struct Block {
    bases: Vec<u8>,
    motifs: Vec<(MotifKind, usize, usize)>,
}

impl Block {
    fn motif(&mut self, kind: MotifKind, random: &mut ChaCha8Rng) {
        let start = self.bases.len();
        write_motif(kind, &mut self.bases, random);
        self.motifs.push((kind, start, self.bases.len()));
    }

    /// Bases `from..to` of the block, which lies after `offset` bases.
    fn region(&self, offset: usize, from: usize, to: usize, strand: Strand) -> Region {
        let (from, to) = match strand {
            Strand::Forward => (from, to),
            Strand::Reverse => (self.bases.len() - to, self.bases.len() - from),
        };
        Region { start: (offset + from) as u64 + 1, end: (offset + to) as u64, strand }
    }
}

/// The codons of a gene and what is planted in it.
fn gene(
    background: &CodonModel,
    models: &[CodonModel],
    strength: f64,
    random: &mut ChaCha8Rng,
) -> (Vec<Codon>, Vec<PlantedTrait>) {
    let length = random.random_range(100..=1000_usize);
    let start = Codon::from_bases(*b"ATG");
    let stop = Codon::from_bases(*b"TAA");
    let middle = (0..length - 2).map(|_| background.draw(random));
    let mut codons: Vec<Codon> = start.into_iter().chain(middle).collect();
    codons.extend(stop);
    let carried = match random.random::<f64>() {
        share if share < 0.5 => 0,
        share if share < 0.8 => 1,
        _ => 2,
    };
    let carried = carried.min(models.len());
    let mut planted = Vec::new();
    for (place, profile) in index::sample(random, models.len(), carried).iter().enumerate() {
        let part = length / carried;
        let stretch = STRETCH_CODONS_MAX.min(part / 2);
        let from = place * part + random.random_range(0..=part - stretch);
        for codon in &mut codons[from..from + stretch] {
            // Both are drawn, so that what follows does not depend on the strength.
            let (follows, drawn) = (random.random::<f64>(), models[profile].redraw(*codon, random));
            if follows < strength {
                *codon = drawn;
            }
        }
        let (start, end) = (from as u64 * 3 + 1, (from + stretch) as u64 * 3);
        planted.push(PlantedTrait { profile, start, end });
    }
    (codons, planted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amino_acid;

    fn genome(seed: u64, strength: f64) -> GeneratedGenome {
        generate_genome(GeneratorOptions { seed, genes: 60, traits: 3, strength }).unwrap()
    }

    fn bases(genome: &GeneratedGenome, region: Region) -> Vec<u8> {
        let at = |position: u64| usize::try_from(position).unwrap();
        let mut bases = genome.bases[at(region.start) - 1..at(region.end)].to_vec();
        if region.strand == Strand::Reverse {
            reverse_complement(&mut bases);
        }
        bases
    }

    fn protein(genome: &GeneratedGenome, gene: &GeneratedGene) -> Vec<u8> {
        let bases = bases(genome, gene.region);
        let codons = bases.as_chunks::<3>().0.iter();
        codons.map(|&codon| amino_acid(Codon::from_bases(codon).unwrap())).collect()
    }

    /// Genes are open reading frames of 300 to 3000 nt where they are said to be.
    #[test]
    fn genes_are_where_they_are_said_to_be() {
        let genome = genome(1, 0.8);
        for gene in &genome.genes {
            assert!((300..=3000).contains(&gene.region.length_bp()));
            assert!(bases(&genome, gene.region).starts_with(b"ATG"));
            let protein = protein(&genome, gene);
            assert_eq!(protein.iter().position(|&letter| letter == b'*'), Some(protein.len() - 1));
            assert!(
                gene.planted.iter().all(|p| p.start < p.end && p.end < gene.region.length_bp())
            );
            assert!(gene.planted.windows(2).all(|pair| pair[0].end < pair[1].start));
        }
        let carried =
            [0, 1, 2].map(|n| genome.genes.iter().filter(|g| g.planted.len() == n).count());
        assert!(carried.iter().all(|genes| *genes > 3), "{carried:?}");
    }

    /// Motifs are where they are said to be, on the strand of their gene, one promoter each.
    #[test]
    fn motifs_are_where_they_are_said_to_be() {
        let genome = genome(2, 0.8);
        for motif in &genome.motifs {
            let consensus = motif.kind.consensus();
            let found = bases(&genome, motif.region);
            assert_eq!(found.len(), consensus.len());
            assert!(found.iter().zip(consensus).all(|(a, b)| a == b || *b == b'N'));
            assert_eq!(motif.region.strand, genome.genes[motif.gene].region.strand);
        }
        let of = |kind| genome.motifs.iter().filter(|motif| motif.kind == kind).count();
        assert_eq!(of(MotifKind::Promoter), 60);
        assert!(of(MotifKind::Enhancer) > 10 && of(MotifKind::Silencer) > 10);
    }

    /// The seed alone decides, and the strength changes synonyms in planted stretches only.
    #[test]
    fn strength_changes_synonyms_only() {
        let (weak, strong) = (genome(3, 0.0), genome(3, 1.0));
        assert_eq!(genome(3, 1.0), strong);
        assert_ne!(genome(4, 1.0).bases, strong.bases);
        assert_eq!(weak.genes, strong.genes);
        assert_ne!(weak.bases, strong.bases);
        for gene in &weak.genes {
            assert_eq!(protein(&weak, gene), protein(&strong, gene));
            let (a, b) = (bases(&weak, gene.region), bases(&strong, gene.region));
            for at in (1..).zip(a.iter().zip(&b)).filter(|(_, (a, b))| a != b).map(|(at, _)| at) {
                assert!(gene.planted.iter().any(|p| (p.start..=p.end).contains(&at)));
            }
        }
    }

    /// Options out of range are named.
    #[test]
    fn refusals() {
        let options = GeneratorOptions { seed: 1, genes: 1, traits: 1, strength: 0.5 };
        for (options, message) in [
            (GeneratorOptions { genes: 0, ..options }, "genes must be 1 to 100000"),
            (GeneratorOptions { traits: 101, ..options }, "traits must be 0 to 100"),
            (GeneratorOptions { strength: 1.1, ..options }, "strength must be 0 to 1"),
            (GeneratorOptions { strength: f64::NAN, ..options }, "strength must be 0 to 1"),
        ] {
            assert_eq!(generate_genome(options).unwrap_err().to_string(), message);
        }
    }
}
