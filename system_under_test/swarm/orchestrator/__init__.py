"""Jobs: checking them, queueing them, following them, and the process that tends them."""

from swarm.orchestrator.graph import TaskSpec, graph_problems
from swarm.orchestrator.jobs import (
    JOB_STATES,
    Attempt,
    Job,
    JobBook,
    JobResults,
    LogLine,
    Task,
    TooManyJobs,
)

__all__ = [
    "Attempt",
    "JOB_STATES",
    "Job",
    "JobBook",
    "JobResults",
    "LogLine",
    "Task",
    "TaskSpec",
    "TooManyJobs",
    "graph_problems",
]
