"""The command line: one thin file for each command; the work is done in ``gonogo.gate``."""

from gonogo.commands.program import main, program

__all__ = ["main", "program"]
