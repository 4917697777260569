"""Random genes for the tests of null models."""

from collections import defaultdict
from pathlib import Path

import numpy as np
from Bio.Data import CodonTable

TABLE = CodonTable.unambiguous_dna_by_id[1].forward_table


def random_gene(random: np.random.Generator, codons: int) -> str:
    """Codons drawn independently, with biased usage."""
    sense = sorted(TABLE)
    weights = random.dirichlet(np.ones(len(sense)))
    return "".join(random.choice(sense, size=codons, p=weights))


def one_synonym(bases: str) -> str:
    """The same protein, each amino acid by the codon it uses first."""
    first: dict[str, str] = {}
    codons = [bases[i : i + 3] for i in range(0, len(bases), 3)]
    return "".join(first.setdefault(TABLE.get(codon, codon), codon) for codon in codons)


def shuffled(random: np.random.Generator, gene: str) -> str:
    """The codons of each amino acid permuted among its places."""
    codons = [gene[i : i + 3] for i in range(0, len(gene), 3)]
    places = defaultdict(list)
    for at, codon in enumerate(codons):
        places[TABLE.get(codon, codon)].append(at)
    for family in places.values():
        for at, codon in zip(
            family, random.permutation([codons[at] for at in family]), strict=True
        ):
            codons[at] = str(codon)
    return "".join(codons)


def write_genes(path: Path, genes: list[str]) -> tuple[Path, list[tuple[int, int, str]]]:
    """One record of all genes, end to end, and their coordinates."""
    path.write_text(f">genes\n{''.join(genes)}\n", encoding="ascii")
    regions = []
    end = 0
    for gene in genes:
        regions.append((end + 1, end + len(gene), "+"))
        end += len(gene)
    return path, regions
