"""``gonogo up``: the system alone."""

from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import backend_option, file_option, runs_dir_option, target_file
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="System")
@file_option
@backend_option
@runs_dir_option
def up(file: Path | None, backend: str, runs_dir: Path) -> ExitCode:
    """Start the system and leave it running.

    It returns when all services are ready, and prints where each of them answers.
    """
    from gonogo.gate.up_down import start_system

    start_system(target_file(file), runs_dir, backend, click.echo)
    return ExitCode.GO
