"""Coding sequences of a genome: by coordinates, or predicted."""

from __future__ import annotations

import importlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarm.tasks.context import PermanentError
from swarm.tasks.gene_list import BadGeneList, Gene, UnknownTrait, read_gene_list
from swarm.tasks.genome.files import core

# Prodigal's authors advise against training on less; below, its ready-made models are used.
TRAINING_BP_MIN = 100_000
# The bacterial code.
TRANSLATION_TABLE = 11
_COMPLEMENT = bytes.maketrans(b"ACGTUacgtuRYKMBVDHrykmbvdh", b"TGCAAtgcaaYRMKVBHDyrmkvbhd")


@dataclass(frozen=True, slots=True)
class Coding:
    """Genes with their coding sequences, what was left out and why, and where they come from."""

    genes: list[Gene]
    sequences: list[bytes]
    left_out: list[dict[str, str]]
    source: str


def read_coding(fasta: Path, genes_file: Path, traits: list[str]) -> Coding:
    """Cut the genes of a gene list (JSON) or of a GFF3 file out of a genome."""
    left_out: list[dict[str, str]] = []
    if is_gene_list(genes_file):
        try:
            genes = read_gene_list(genes_file, traits)
        except (BadGeneList, UnknownTrait) as error:
            raise PermanentError(str(error)) from None
    else:
        features, without = core().read_gff3(str(genes_file))
        genes = [
            Gene(
                gene=feature.id[:100],
                record=feature.record,
                strand=feature.strand,
                start=feature.start,
                end=feature.end,
            )
            for feature in features
        ]
        left_out = [entry._asdict() for entry in without]
    records: list[tuple[str, bytes]] = core().read_records(str(fasta))
    named: dict[str | None, list[bytes]] = defaultdict(list)
    for name, bases in records:
        named[name].append(bases)
        named[None].append(bases)
    sequences = [_cut(gene, _record(gene, named, fasta.name)) for gene in genes]
    return Coding(genes, sequences, left_out, f"listed in {genes_file.name}")


def is_gene_list(path: Path) -> bool:
    """Whether a file of genes is read as JSON; any other is read as GFF3."""
    return path.suffix.lower() == ".json"


def predict_coding(fasta: Path) -> Coding:
    """Predict whole coding sequences with Prodigal's method (Hyatt et al. 2010)."""
    pyrodigal = importlib.import_module("pyrodigal")
    records: list[tuple[str, bytes]] = core().read_records(str(fasta))
    trained = sum(len(bases) for _, bases in records) >= TRAINING_BP_MIN
    # Closed ends: a gene cut off by the end of its record has no frame to be read in.
    finder = pyrodigal.GeneFinder(meta=not trained, closed=True)
    if trained:
        try:
            finder.train(*[bases for _, bases in records], translation_table=TRANSLATION_TABLE)
        except ValueError as error:
            raise PermanentError(f"{fasta.name}: genes cannot be predicted: {error}") from None
    genes: list[Gene] = []
    sequences: list[bytes] = []
    for name, bases in _numbered_where_repeated(records):
        for number, found in enumerate(finder.find_genes(bases), start=1):
            gene = Gene(
                gene=f"{name[:90]}_{number}",
                record=name,
                strand="+" if found.strand > 0 else "-",
                start=found.begin,
                end=found.end,
            )
            genes.append(gene)
            sequences.append(_cut(gene, bases))
    model = "trained on the genome" if trained else "its ready-made models"
    return Coding(genes, sequences, [], f"predicted by pyrodigal {pyrodigal.__version__}, {model}")


def _numbered_where_repeated(records: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    # Names must be unique, and two records may use the same gene name.
    times = Counter(name for name, _ in records)
    return [
        (name if times[name] == 1 else f"{name}#{number}", bases)
        for number, (name, bases) in enumerate(records, start=1)
    ]


def _record(gene: Gene, named: dict[str | None, list[bytes]], file: str) -> bytes:
    found = named.get(gene.record, [])
    if len(found) == 1:
        return found[0]
    if gene.record is None:
        raise PermanentError(
            f"gene {gene.gene} names no record, and {file} has {len(found)} of them"
        )
    times = "more than one record" if found else "no record"
    raise PermanentError(f"gene {gene.gene}: {file} has {times} {gene.record!r}")


def _cut(gene: Gene, record: bytes) -> bytes:
    length_bp = gene.end - gene.start + 1
    if gene.end > len(record):
        raise PermanentError(
            f"gene {gene.gene}: end {gene.end} is after the end of its record, {len(record)}"
        )
    if length_bp % 3:
        raise PermanentError(f"gene {gene.gene}: {length_bp} bp is not a multiple of 3")
    bases = record[gene.start - 1 : gene.end]
    return bases if gene.strand == "+" else reverse_complement(bases)


def reverse_complement(bases: bytes) -> bytes:
    """Return the other strand; case and the IUPAC codes are kept, U becomes A's partner."""
    return bases.translate(_COMPLEMENT)[::-1]


def codon_usage(path: Path, lengths_bp: list[int]) -> list[dict[str, Any]]:
    """Count the codons of coding sequences that stand one behind the other in a file."""
    return list(core().gene_codon_counts(str(path), regions(lengths_bp)))


def regions(lengths_bp: list[int]) -> list[tuple[int, int, str]]:
    """Return the places of sequences that stand one behind the other."""
    found, end = [], 0
    for length_bp in lengths_bp:
        found.append((end + 1, end + length_bp, "+"))
        end += length_bp
    return found
