"""Genome tasks; parsing, counting and testing are done by the Rust module ``swarm_core``.

A whole-genome job is ``locate``, any number of ``analyse`` in parallel, and ``aggregate``. They
pass files in the job's directory to each other. The results contain the files' SHA-256, so that a
file that was replaced is detected.
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
