"""From the arguments to the exit code."""

import sys
from collections.abc import Sequence
from functools import partial

import click

from gonogo.commands.command_line import gonogo
from gonogo.commands.mistakes import report_mistake
from gonogo.commands.output import keep_writing
from gonogo.gate.exit_code import exit_code_of
from gonogo.vocabulary import ExitCode


def program() -> int:
    """The whole process: ``main``, with an exit code that no reader of its output can change."""
    keep_writing()
    code = main()
    sys.stdout.flush()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code.

    Args:
        arguments: those of the process when None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    return exit_code_of(partial(_run, given))


def _run(arguments: list[str]) -> int:
    try:
        return int(gonogo.main(arguments, prog_name="gonogo", standalone_mode=False))
    except click.UsageError as mistake:
        return report_mistake(mistake)
    except click.Abort:  # what click makes of Ctrl-C while it reads the arguments
        return ExitCode.INTERRUPTED
