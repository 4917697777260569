"""Random files, read by the core and by Biopython."""

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import swarm_core
from Bio import SeqIO

ALPHABETS = ("ACGT", "acgtACGT", "ACGTNacgtn", "ACGTRYSWKMBDHVN")
FILES = 1000


def fasta(random: np.random.Generator) -> str:
    """A FASTA text of up to five records, wrapped anywhere."""
    alphabet = list(ALPHABETS[random.integers(len(ALPHABETS))])
    end = ("\n", "\r\n")[random.integers(2)]
    width = int(random.integers(1, 90))
    lines = []
    for record in range(random.integers(1, 6)):
        lines.append(f">r{record} of a random file")
        bases = "".join(random.choice(alphabet, size=random.integers(0, 500)))
        lines += [bases[i : i + width] for i in range(0, len(bases), width)]
    return end.join(lines) + end * int(random.integers(2))


def fastq(random: np.random.Generator) -> str:
    """A four-line FASTQ text."""
    lines = []
    for record in range(random.integers(1, 6)):
        bases = "".join(random.choice(list("ACGTN"), size=random.integers(1, 200)))
        quality = "".join(map(chr, random.integers(33, 127, size=len(bases))))
        lines += [f"@r{record}", bases, "+", quality]
    return "\n".join(lines) + "\n"


def definition(path: Path, kind: str) -> tuple[dict[str, int], int, list[tuple[str, int]]]:
    """Codons, ambiguous codons and records, as Biopython reads the file."""
    counts: Counter[str] = Counter()
    records = []
    with path.open(encoding="ascii") as lines:
        for record in SeqIO.parse(lines, kind):
            bases = str(record.seq).upper()
            counts.update(bases[i : i + 3] for i in range(0, len(bases) - 2, 3))
            records.append((record.id, len(bases)))
    clear = {codon: n for codon, n in sorted(counts.items()) if set(codon) <= set("ACGT")}
    return clear, counts.total() - sum(clear.values()), records


def test_a_thousand_random_files(tmp_path: Path) -> None:
    """Codons, ambiguous codons and record lengths are Biopython's in each of 1,000 files."""
    random = np.random.default_rng(20_240_501)
    path = tmp_path / "random"
    packed = tmp_path / "random.gz"
    for number in range(FILES):
        kind = "fastq" if number % 4 == 3 else "fasta"
        text = fastq(random) if kind == "fastq" else fasta(random)
        path.write_bytes(text.encode())
        packed.write_bytes(gzip.compress(text.encode(), compresslevel=1))
        clear, ambiguous, records = definition(path, kind)
        counted = swarm_core.codon_counts(path, threads=1 + number % 3)
        assert counted["codon_counts"] == clear, text
        assert counted["ambiguous_codons"] == ambiguous, text
        assert swarm_core.codon_counts(packed) == counted, text
        summary = swarm_core.genome_summary(path)
        assert [(r["id"], r["length_bp"]) for r in summary["records"]] == records, text


def test_short_records_are_reported(tmp_path: Path) -> None:
    """Records below the minimum are named and counted apart, and add no codon."""
    path = tmp_path / "short.fa"
    path.write_text(">a\nACGACG\n>b\nACG\n>c\n>d\nTTTTTT\n", encoding="utf-8")
    counted = swarm_core.codon_counts(path, length_bp_min=6)
    assert counted["codon_counts"] == {"ACG": 2, "TTT": 2}
    assert (counted["records"], counted["length_bp"], counted["short_records"]) == (4, 15, 2)
    assert counted["short_records_listed"] == [
        {"id": "b", "length_bp": 3},
        {"id": "c", "length_bp": 0},
    ]
