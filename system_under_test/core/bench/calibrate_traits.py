"""Sensitivity and false discoveries of traits and windows on generated genomes.

Every figure is a sum over the same seeds, so the tables are the same in every run. "order shuffled"
permutes the codons of each amino acid within each gene after planting at full strength: codon
usage stays, nothing is left to find; six times as many genomes, as calls are rare there.

    python calibrate_traits.py [--genomes 10] [--fdr 0.05] [--threads 1]
"""

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import swarm_core
from Bio.Data import CodonTable

STRENGTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Not the seeds the rules were made with.
FIRST_SEED = 1001
SHORT_BP = 1000
# A call is rare there, so that its rate needs more genomes.
SHUFFLED_TIMES = 6
TABLE = CodonTable.unambiguous_dna_by_id[1].forward_table
Region = tuple[int, int, str]


@dataclass
class Tally:
    """Pairs of gene and trait, over several genomes."""

    planted: int = 0
    found: int = 0
    planted_in_short: int = 0
    found_in_short: int = 0
    called: int = 0
    not_planted: int = 0
    in_empty_genes: int = 0
    pleiotropic: int = 0
    pleiotropic_found: int = 0
    pleiotropic_called: int = 0
    genomes: int = 0
    genomes_with_calls: int = 0
    share_false: float = 0.0
    windows: int = 0
    windows_called: int = 0


def reverse_complement(bases: str) -> str:
    """The other strand of A, C, G and T."""
    return bases[::-1].translate(str.maketrans("ACGT", "TGCA"))


def shuffle_order(genome: swarm_core.GeneratedGenome, seed: int) -> str:
    """The genome with the synonymous codons of each gene in a random order, as FASTA."""
    source = random.Random(seed)  # noqa: S311 - a simulation
    bases = "".join(genome["fasta"].splitlines()[1:])
    for gene in genome["genes"]:
        forward = bases[gene["start"] - 1 : gene["end"]]
        reverse = gene["strand"] == "-"
        coding = reverse_complement(forward) if reverse else forward
        codons = [coding[i : i + 3] for i in range(0, len(coding), 3)]
        places = defaultdict(list)
        for at, codon in enumerate(codons):
            places[TABLE.get(codon, codon)].append(at)
        for family in places.values():
            drawn = [codons[at] for at in family]
            source.shuffle(drawn)
            for at, codon in zip(family, drawn, strict=True):
                codons[at] = codon
        coding = "".join(codons)
        forward = reverse_complement(coding) if reverse else coding
        bases = bases[: gene["start"] - 1] + forward + bases[gene["end"] :]
    return f">{genome['record']}\n{bases}\n"


def measure(
    path: Path, genome: swarm_core.GeneratedGenome, shuffled: bool, fdr: float, threads: int
) -> Tally:
    """What is found in one genome beside what is in it."""
    regions: list[Region] = [(g["start"], g["end"], g["strand"]) for g in genome["genes"]]
    rows = swarm_core.scan_traits(path, regions, genome["profiles"], fdr=fdr, threads=threads)
    windows = swarm_core.scan_windows(path, regions, threads=threads)
    tally = Tally(genomes=1, windows=len(windows))
    tally.windows_called = sum(window["q_value"] <= fdr for window in windows)
    for gene, row in zip(genome["genes"], rows, strict=True):
        planted = set() if shuffled else {stretch["trait"] for stretch in gene["planted"]}
        called = {found["trait"] for found in row["traits"] if found["passes"]}
        short = gene["end"] - gene["start"] < SHORT_BP
        tally.planted += len(planted)
        tally.found += len(planted & called)
        tally.planted_in_short += short * len(planted)
        tally.found_in_short += short * len(planted & called)
        tally.called += len(called)
        tally.not_planted += len(called - planted)
        tally.in_empty_genes += 0 if planted else len(called)
        tally.pleiotropic += len(planted) > 1
        tally.pleiotropic_found += len(planted) > 1 and len(planted & called) > 1
        tally.pleiotropic_called += row["pleiotropic"]
    tally.genomes_with_calls = int(tally.called > 0)
    tally.share_false = tally.not_planted / max(tally.called, 1)
    return tally


def share(part: float, whole: float) -> str:
    """A share with its numbers, or a dash of nothing."""
    return f"{part:.0f}/{whole:.0f} ({part / whole:.0%})" if whole else "-"


def print_line(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print both tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--genomes", type=int, default=10, help="genomes a row, seeds from 1001")
    parser.add_argument("--fdr", type=float, default=0.05, help="false-discovery rate asked for")
    parser.add_argument("--threads", type=int, default=1, help="threads; they change no figure")
    arguments = parser.parse_args()
    totals = {}
    with tempfile.TemporaryDirectory(prefix="calibrate_traits_") as directory:
        path = Path(directory) / "genome.fa"
        for strength, shuffled in [*((s, False) for s in STRENGTHS), (1.0, True)]:
            total = Tally()
            genomes = arguments.genomes * (SHUFFLED_TIMES if shuffled else 1)
            for seed in range(FIRST_SEED, FIRST_SEED + genomes):
                genome = swarm_core.generate_genome(seed, strength=strength)
                if strength == 0.0:
                    for gene in genome["genes"]:
                        gene["planted"] = []
                text = shuffle_order(genome, seed) if shuffled else genome["fasta"]
                path.write_text(text, encoding="ascii")
                one = measure(path, genome, shuffled, arguments.fdr, arguments.threads)
                for name, value in vars(one).items():
                    setattr(total, name, getattr(total, name) + value)
            totals["1.0, order shuffled" if shuffled else f"{strength:.1f}"] = total
    print_line("| strength | planted found | in genes below 1,000 nt | pleiotropic genes found |")
    print_line("|---|---|---|---|")
    for name, total in totals.items():
        if total.planted:
            print_line(
                f"| {name} | {share(total.found, total.planted)}"
                f" | {share(total.found_in_short, total.planted_in_short)}"
                f" | {share(total.pleiotropic_found, total.pleiotropic)} |"
            )
    print_line("")
    print_line(
        "| strength | calls | not planted | mean share not planted | in genes without any"
        " | genomes with calls | pleiotropic called / planted | windows called |"
    )
    print_line("|---|---|---|---|---|---|---|---|")
    for name, total in totals.items():
        print_line(
            f"| {name} | {total.called} | {share(total.not_planted, total.called)}"
            f" | {total.share_false / total.genomes:.3f} | {total.in_empty_genes}"
            f" | {share(total.genomes_with_calls, total.genomes)}"
            f" | {total.pleiotropic_called}/{total.pleiotropic}"
            f" | {share(total.windows_called, total.windows)} |"
        )


if __name__ == "__main__":
    main()
