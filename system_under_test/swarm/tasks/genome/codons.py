"""Codons and their synonyms."""

from __future__ import annotations

import itertools

CODONS = tuple("".join(bases) for bases in itertools.product("ACGT", repeat=3))

# NCBI's translation table 1, codons in alphabetical order; table 11 assigns the same.
_AMINO_ACIDS = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
AMINO_ACID = dict(zip(CODONS, _AMINO_ACIDS, strict=True))

# Codons that have a synonym and code for an amino acid: 59.
SYNONYMOUS = tuple(
    codon
    for codon in CODONS
    if AMINO_ACID[codon] != "*" and _AMINO_ACIDS.count(AMINO_ACID[codon]) > 1
)


def order_can_vary(counts: dict[str, int]) -> bool:
    """Whether an amino acid with several codons occurs twice, so that their order can vary.

    ``counts`` are a gene's codons.
    """
    places: dict[str, int] = {}
    for codon in SYNONYMOUS:
        letter = AMINO_ACID[codon]
        places[letter] = places.get(letter, 0) + counts.get(codon, 0)
    return any(number > 1 for number in places.values())
