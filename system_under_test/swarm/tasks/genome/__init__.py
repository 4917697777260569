"""Genome tasks; parsing, counting and testing are done by the Rust module ``swarm_core``.

A whole-genome job is ``locate``, any number of ``analyse`` side by side, and ``aggregate``. What
passes between them is files in the job's directory, named with their SHA-256 in the results, so
that a part that is not the one that was made is noticed.
"""

from swarm.tasks.genome.aggregate import AggregateParameters, aggregate
from swarm.tasks.genome.analyse import AnalyseParameters, analyse
from swarm.tasks.genome.locate import PARTS_MAX, LocateParameters, locate
from swarm.tasks.genome.single import (
    FastaParameters,
    ShuffleParameters,
    shuffle_null,
    summary,
)

__all__ = [
    "AggregateParameters",
    "AnalyseParameters",
    "FastaParameters",
    "LocateParameters",
    "PARTS_MAX",
    "ShuffleParameters",
    "aggregate",
    "analyse",
    "locate",
    "shuffle_null",
    "summary",
]
