//! Regulatory motifs around a generated gene.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::regions::Region;

/// What a motif does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MotifKind {
    /// Boxes -35 and -10 of the sigma 70 promoter, 17 bp apart (Hawley and `McClure`, Nucleic
    /// Acids Research 11 (1983) 2237–2255).
    Promoter,
    /// An activator's site upstream, that of CRP (Berg and von Hippel, Journal of Molecular
    /// Biology 200 (1988) 709–723).
    Enhancer,
    /// A nucleation site of H-NS downstream (Lang et al., Nucleic Acids Research 35 (2007)
    /// 6330–6337).
    Silencer,
}

impl MotifKind {
    /// Its bases; `N` stands for any.
    #[must_use]
    pub fn consensus(self) -> &'static [u8] {
        match self {
            Self::Promoter => b"TTGACANNNNNNNNNNNNNNNNNTATAAT",
            Self::Enhancer => b"TGTGANNNNNNTCACA",
            Self::Silencer => b"TCGATATATT",
        }
    }
}

impl std::fmt::Display for MotifKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Promoter => "promoter",
            Self::Enhancer => "enhancer",
            Self::Silencer => "silencer",
        })
    }
}

/// A motif in a generated genome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Motif {
    /// What it does.
    pub kind: MotifKind,
    /// Where it is.
    pub region: Region,
    /// Index of the gene it belongs to.
    pub gene: usize,
}

/// Appends a motif, each `N` drawn.
pub(crate) fn write_motif(kind: MotifKind, bases: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    let drawn = kind.consensus().iter().map(|&b| if b == b'N' { base(random) } else { b });
    bases.extend(drawn);
}

/// Appends `length` independent bases.
pub(crate) fn write_spacer(length: usize, bases: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    bases.extend((0..length).map(|_| base(random)));
}

fn base(random: &mut ChaCha8Rng) -> u8 {
    b"ACGT"[random.random_range(0..4_usize)]
}
