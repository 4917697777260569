"""Scripts: ready-made jobs with a list of parameters."""

from swarm.scripts.catalogue import SCRIPTS
from swarm.scripts.definition import Parameter, ParameterError, Script

__all__ = ["Parameter", "ParameterError", "SCRIPTS", "Script"]
