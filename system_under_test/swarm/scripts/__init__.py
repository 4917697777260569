"""Scripts: ready-made jobs with a list of parameters."""

from swarm.scripts.catalogue import SCRIPTS
from swarm.scripts.definition import Parameter, ParameterError, Script
from swarm.scripts.feed_import import FULL_IMPORT

__all__ = ["FULL_IMPORT", "Parameter", "ParameterError", "SCRIPTS", "Script"]
