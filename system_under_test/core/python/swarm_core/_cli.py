"""Command line: `swarm-genome`."""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from swarm_core import swarm_core as core
from swarm_core._coordinates import CodingSequence, read_gff3, read_json

EXIT_REFUSED = 1
EXIT_INTERRUPTED = 130
EPILOG = "exit codes: 0 done, 1 input refused (the reason on stderr), 2 usage, 130 interrupted"


def summary(arguments: argparse.Namespace) -> object:
    """What a sequence file holds."""
    return core.genome_summary(arguments.file)


def codons(arguments: argparse.Namespace) -> object:
    """Codons of every record, or of genes given by coordinates."""
    if arguments.coordinates is None:
        return core.codon_counts(arguments.file, arguments.min_bp, arguments.threads)
    genes, left_out = _coordinates(arguments.coordinates)
    rows: dict[str, Any] = {}
    for record, members in _by_record(genes).items():
        counted = core.gene_codon_counts(arguments.file, _regions(members), record)
        rows.update(zip((gene.id for gene in members), counted, strict=True))
    return {"genes": rows, "left_out": left_out}


def windows(arguments: argparse.Namespace) -> object:
    """Windows of genes given by coordinates, one record a call."""
    genes, left_out = _coordinates(arguments.coordinates)
    record, members = _one_record(genes)
    rows = core.scan_windows(
        arguments.file,
        _regions(members),
        record,
        window_bp=arguments.window,
        step_bp=arguments.step,
        shuffles=arguments.shuffles,
        seed=arguments.seed,
        threads=arguments.threads,
        progress=_progress if arguments.progress else None,
    )
    found = [{**row, "gene": members[row["gene"]].id} for row in rows]
    return {"seed": arguments.seed, "windows": found, "left_out": left_out}


def traits(arguments: argparse.Namespace) -> object:
    """Traits of genes given by coordinates, one record a call."""
    genes, left_out = _coordinates(arguments.coordinates)
    profiles = json.loads(Path(arguments.profiles).read_text("utf-8"))
    if not isinstance(profiles, dict):
        raise ValueError(f"{arguments.profiles}: profiles are {{trait: {{codon: frequency}}}}")
    profiles = profiles.get("profiles", profiles)
    record, members = _one_record(genes)
    rows = core.scan_traits(
        arguments.file,
        _regions(members),
        profiles,
        record,
        shuffles=arguments.shuffles,
        fdr=arguments.fdr,
        seed=arguments.seed,
        threads=arguments.threads,
        progress=_progress if arguments.progress else None,
    )
    found = [{"gene": gene.id, **row} for gene, row in zip(members, rows, strict=True)]
    return {"fdr": arguments.fdr, "seed": arguments.seed, "genes": found, "left_out": left_out}


def generate(arguments: argparse.Namespace) -> object:
    """A made-up genome: genome.fa and its truth.json."""
    genome: dict[str, Any] = dict(
        core.generate_genome(arguments.seed, arguments.genes, arguments.traits, arguments.strength)
    )
    directory = Path(arguments.directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "genome.fa").write_text(genome.pop("fasta"), encoding="ascii")
    (directory / "truth.json").write_text(json.dumps(genome, indent=1) + "\n", encoding="utf-8")
    return {"genome": str(directory / "genome.fa"), "truth": str(directory / "truth.json")}


def _coordinates(path: str) -> tuple[list[CodingSequence], list[dict[str, str]]]:
    if Path(path).suffix.lower() == ".json":
        return read_json(path), []
    genes, left_out = read_gff3(path)
    return genes, [entry._asdict() for entry in left_out]


def _by_record(genes: list[CodingSequence]) -> dict[str | None, list[CodingSequence]]:
    records: dict[str | None, list[CodingSequence]] = defaultdict(list)
    for gene in genes:
        records[gene.record].append(gene)
    return records


def _one_record(genes: list[CodingSequence]) -> tuple[str | None, list[CodingSequence]]:
    records = _by_record(genes)
    if len(records) > 1:
        raise ValueError(f"genes of several records, give one: {', '.join(map(str, records))}")
    [found] = records.items() or [(None, [])]
    return found


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done} of {total}" + ("\n" if done == total else ""))
    sys.stderr.flush()


def _regions(genes: list[CodingSequence]) -> list[tuple[int, int, str]]:
    return [(gene.start, gene.end, gene.strand) for gene in genes]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="swarm-genome", description="Codons and traits of genomes, as JSON.", epilog=EPILOG
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    one = commands.add_parser("summary", help="records, lengths and bases of a file")
    one.set_defaults(run=summary)
    two = commands.add_parser("codons", help="in-frame codons of records, or of genes")
    two.set_defaults(run=codons)
    two.add_argument("--coordinates", metavar="FILE", help="GFF3, or JSON with genes")
    two.add_argument("--min-bp", type=int, default=0, help="shorter records are set apart")
    three = commands.add_parser("traits", help="signals of trait profiles in genes")
    three.set_defaults(run=traits)
    three.add_argument("--profiles", metavar="FILE", required=True, help="JSON by trait and codon")
    three.add_argument("--fdr", type=float, default=0.05, help="false-discovery rate")
    three.add_argument("--shuffles", type=int, default=9999, help="shuffles of each gene")
    five = commands.add_parser("windows", help="windows whose codons stand in no random order")
    five.set_defaults(run=windows)
    five.add_argument("--window", type=int, default=300, help="length of a window in bp")
    five.add_argument("--step", type=int, default=150, help="from one window to the next, in bp")
    five.add_argument("--shuffles", type=int, default=999, help="shuffles of each window")
    for command in (three, five):
        command.add_argument("--coordinates", metavar="FILE", required=True, help="GFF3 or JSON")
        command.add_argument("--seed", type=int, default=0, help="seed of the shuffles")
        command.add_argument("--progress", action="store_true", help="say on stderr how far it is")
    for command in (one, two, three, five):
        command.add_argument("file", help="FASTA or FASTQ, plain or gzip")
    for command in (two, three, five):
        command.add_argument("--threads", type=int, default=1, help="they change no result")
    four = commands.add_parser("generate", help="a made-up genome and the truth about it")
    four.set_defaults(run=generate)
    four.add_argument("directory", help="where genome.fa and truth.json are written")
    four.add_argument("--seed", type=int, required=True, help="decides everything")
    four.add_argument("--genes", type=int, default=100, help="number of genes")
    four.add_argument("--traits", type=int, default=4, help="number of traits")
    four.add_argument("--strength", type=float, default=0.8, help="of planted signals, 0 to 1")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the result is JSON on stdout, a refusal one line on stderr."""
    parsed = _parser().parse_args(arguments)
    try:
        result = parsed.run(parsed)
    except (OSError, ValueError, OverflowError, TypeError) as error:
        sys.stderr.write(f"swarm-genome: {error}\n")
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    sys.stdout.write(json.dumps(result, indent=1, allow_nan=False) + "\n")
    return 0
