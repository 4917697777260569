"""The first task of a genome job: find the coding sequences and divide them into parts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from swarm.tasks.context import PermanentError, TaskContext
from swarm.tasks.gene_list import UnknownTrait
from swarm.tasks.genome.coding import (
    Coding,
    codon_usage,
    predict_coding,
    read_coding,
)
from swarm.tasks.genome.codons import CODONS
from swarm.tasks.genome.files import input_file, parts_directory, to_json, write_whole
from swarm.tasks.genome.single import FastaParameters, summary
from swarm.tasks.trait_profiles import BadProfiles, read_profiles

PARTS_MAX = 64
# Coding sequences listed in a result that could not be read as whole codons.
LEFT_OUT_LISTED = 100


class LocateParameters(BaseModel):
    """A genome, where its genes come from, and into how many parts they are divided.

    ``genes`` is a gene list (JSON) or GFF3; without it genes are predicted, or there are none.
    ``traits`` choose profiles where there are profiles, else listed genes.
    """

    model_config = ConfigDict(extra="forbid")

    fasta: str
    genes: str | None = None
    predict: bool = False
    profiles: str | None = None
    traits: list[str] = Field(default_factory=list, max_length=100)
    parts: int = Field(ge=1, le=PARTS_MAX)


def locate(context: TaskContext, parameters: LocateParameters) -> dict[str, Any]:
    """Write the coding sequences of each part, and what all parts need, as files of the job."""
    genome = summary(context, FastaParameters(fasta=parameters.fasta))
    coding = _coding(context, parameters)
    context.log("info", f"{len(coding.genes)} coding sequences, {coding.source}")
    context.report(0.5)
    directory = parts_directory(context)
    parts = []
    background: Counter[str] = Counter()
    for number, share in enumerate(shares(coding.sequences, parameters.parts)):
        sequences = [coding.sequences[at] for at in share]
        path = directory / f"coding-{number}.fna"
        # One record: a part is read in one pass, whatever its genes' places in the genome are.
        sha256 = write_whole(path, b">coding\n" + b"".join(sequences) + b"\n")
        usage = codon_usage(path, [len(sequence) for sequence in sequences])
        for counts in usage:
            background.update(counts["codon_counts"])
        genes = [
            {
                **coding.genes[at].model_dump(),
                **counts,
                "codon_counts": {codon: counts["codon_counts"].get(codon, 0) for codon in CODONS},
            }
            for at, counts in zip(share, usage, strict=True)
        ]
        listed = write_whole(directory / f"genes-{number}.json", to_json(genes))
        parts.append({"first_gene": share.start, "coding": sha256, "genes": listed})
    shared = {
        "background": {codon: background[codon] for codon in CODONS if background[codon]},
        "profiles": _profiles(context, parameters),
    }
    return {
        "genome": genome,
        "genes": len(coding.genes),
        "source": coding.source,
        "left_out_count": len(coding.left_out),
        "left_out": coding.left_out[:LEFT_OUT_LISTED],
        "parts": parts,
        "shared": write_whole(directory / "shared.json", to_json(shared)),
    }


def shares(sequences: Sequence[bytes], parts: int) -> list[range]:
    """Divide sequences, in order, into parts with about equally many bases; some may be empty."""
    total = sum(len(sequence) for sequence in sequences)
    bounds, at, before = [0], 0, 0
    for number in range(1, parts):
        while at < len(sequences) and (before + len(sequences[at]) / 2) * parts <= total * number:
            before += len(sequences[at])
            at += 1
        bounds.append(at)
    bounds.append(len(sequences))
    return [range(start, end) for start, end in itertools.pairwise(bounds)]


def _coding(context: TaskContext, parameters: LocateParameters) -> Coding:
    fasta = input_file(context, parameters.fasta)
    if parameters.genes is not None:
        # With profiles the traits choose among these, and every gene is tested.
        traits = [] if parameters.profiles is not None else parameters.traits
        return read_coding(fasta, input_file(context, parameters.genes), traits)
    if parameters.predict:
        return predict_coding(fasta)
    return Coding([], [], [], "none asked for")


def _profiles(context: TaskContext, parameters: LocateParameters) -> dict[str, dict[str, float]]:
    if parameters.profiles is None:
        return {}
    try:
        return read_profiles(input_file(context, parameters.profiles), parameters.traits)
    except (BadProfiles, UnknownTrait) as error:
        raise PermanentError(str(error)) from None
