"""Task types: what an agent can be asked to do."""

from swarm.tasks.capabilities import CAPABILITIES
from swarm.tasks.context import PermanentError, TaskContext
from swarm.tasks.registry import TASK_TYPES, TaskType
from swarm.tasks.workspace import OutsideWorkspace, workspace_file

__all__ = [
    "CAPABILITIES",
    "OutsideWorkspace",
    "PermanentError",
    "TASK_TYPES",
    "TaskContext",
    "TaskType",
    "workspace_file",
]
