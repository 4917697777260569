"""The command line: one file a command, each of them thin; the work is done in ``gonogo.gate``."""

from gonogo.commands.program import main, program

__all__ = ["main", "program"]
