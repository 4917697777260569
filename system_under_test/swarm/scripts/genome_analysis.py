"""genome_analysis: coding sequences of a genome, their codons, and signals in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from swarm.jobs import TaskSpec
from swarm.scripts.definition import Parameter, ParameterError, Script
from swarm.tasks import workspace_file
from swarm.tasks.gene_list import BadGeneList, UnknownTrait, read_gene_list
from swarm.tasks.genome import PARTS_MAX
from swarm.tasks.genome.coding import is_gene_list
from swarm.tasks.trait_profiles import BadProfiles, read_profiles

TIMEOUT_S = 900.0
GENE_SUFFIXES = (".json", ".gff", ".gff3")
# Windows of traits are half as long and start every quarter; all must hold whole codons.
WINDOW_MULTIPLE_BP = 12


def _build(values: dict[str, Any], workspace: Path) -> list[TaskSpec]:
    parts = _parts(values, workspace)
    located = {name: values[name] for name in ("fasta", "genes", "predict", "profiles", "traits")}
    how = {name: values[name] for name in ("window", "shuffles", "seed")}
    tasks = [_task("locate", "genome.locate", {**located, "parts": parts})]
    tasks += [
        _task(f"analyse-{number + 1}", "genome.analyse", {"part": number, **how}, ("locate",))
        for number in range(parts)
    ]
    everything = tuple(task.name for task in tasks)
    joined = {"fasta": values["fasta"], **how}
    return [*tasks, _task("aggregate", "genome.aggregate", joined, everything)]


def _parts(values: dict[str, Any], workspace: Path) -> int:
    """Check parameters that depend on each other; return the number of parts."""
    problems = _contradictions(values)
    genes: int | None = None
    try:
        genes = _gene_count(values, workspace)
    except BadProfiles as error:
        problems["profiles"] = str(error)
    except BadGeneList as error:
        problems["genes"] = str(error)
    except UnknownTrait as error:
        problems["traits"] = str(error)
    if problems:
        raise ParameterError(problems)
    asked: int = values["parts"]
    return asked if genes is None else max(1, min(asked, genes))


def _contradictions(values: dict[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if values["window"] % WINDOW_MULTIPLE_BP:
        problems["window"] = f"must be a multiple of {WINDOW_MULTIPLE_BP}"
    if values["genes"] is not None and Path(values["genes"]).suffix.lower() not in GENE_SUFFIXES:
        problems["genes"] = f"must be a gene list or GFF3: {', '.join(GENE_SUFFIXES)}"
    if values["genes"] is not None and values["predict"]:
        problems["predict"] = "genes are either listed or predicted"
    coding = values["genes"] is not None or values["predict"]
    if values["profiles"] is not None and not coding:
        problems["profiles"] = "needs genes or predict: profiles are compared with genes"
    if values["traits"] and not coding:
        problems["traits"] = "needs genes, or predict and profiles"
    elif values["traits"] and values["profiles"] is None and not _lists_traits(values):
        problems["traits"] = "needs profiles: only a JSON gene list says which traits genes have"
    return problems


def _gene_count(values: dict[str, Any], workspace: Path) -> int | None:
    """Read the files that are checked at submission; None when only the job finds the genes."""
    if values["profiles"] is not None:
        read_profiles(workspace_file(workspace, values["profiles"]), values["traits"])
    if _lists_traits(values):
        chosen = [] if values["profiles"] is not None else values["traits"]
        return len(read_gene_list(workspace_file(workspace, values["genes"]), chosen))
    return None if values["genes"] is not None or values["predict"] else 0


def _lists_traits(values: dict[str, Any]) -> bool:
    return values["genes"] is not None and is_gene_list(Path(values["genes"]))


def _task(
    name: str, task_type: str, parameters: dict[str, Any], dependencies: tuple[str, ...] = ()
) -> TaskSpec:
    return TaskSpec(name, task_type, parameters, dependencies=dependencies, timeout_s=TIMEOUT_S)


GENOME_ANALYSIS = Script(
    name="genome_analysis",
    description="Parse a genome, count the codons of its genes, test windows and traits of each "
    "gene against synonymous shuffles of itself, and write the results, a report and pictures.",
    parameters=(
        Parameter("fasta", "file", "Genome (FASTA, may be gzipped)", required=True),
        Parameter("genes", "file", "Genes: JSON with name, strand, start, end, traits, or GFF3"),
        Parameter("predict", "boolean", "Predict the genes (Prodigal)", default=False),
        Parameter("profiles", "file", "Trait profiles (JSON: codon frequencies by trait)"),
        Parameter(
            "traits",
            "string_list",
            "Only these profiles; without profiles, only genes listed with one of these traits",
            default=[],
        ),
        Parameter(
            "window",
            "integer",
            "Length of windows in bp, a multiple of 12; traits use half of it",
            default=300,
            minimum=60,
            maximum=6000,
        ),
        Parameter(
            "shuffles",
            "integer",
            "Synonymous shuffles per gene for codon reuse; 0 leaves that comparison out",
            default=200,
            minimum=0,
            maximum=100_000_000,
        ),
        Parameter(
            "seed",
            "integer",
            "Seed of all shuffles: same seed, same result",
            default=1,
            minimum=0,
            maximum=2**63 - 1,
        ),
        Parameter(
            "parts",
            "integer",
            "Tasks that share the genes; they change no result",
            default=8,
            minimum=1,
            maximum=PARTS_MAX,
        ),
    ),
    build=_build,
)
