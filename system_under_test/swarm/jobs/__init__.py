"""Jobs: the model, the graph of tasks, the queue, and the Lua scripts that change them.

The api submits and reads, agents take and commit, the orchestrator sweeps.
"""

from swarm.jobs.assignment import Assignment, Outcome
from swarm.jobs.graph import TaskSpec, graph_problems
from swarm.jobs.job_queue import JobQueue, TooManyJobs
from swarm.jobs.model import Attempt, Job, JobResults, LogLine, Task
from swarm.jobs.sweeper import Swept, sweep
from swarm.jobs.task_queue import Offer, TaskQueue

__all__ = [
    "Assignment",
    "Attempt",
    "Job",
    "JobQueue",
    "JobResults",
    "LogLine",
    "Offer",
    "Outcome",
    "Swept",
    "Task",
    "TaskQueue",
    "TaskSpec",
    "TooManyJobs",
    "graph_problems",
    "sweep",
]
