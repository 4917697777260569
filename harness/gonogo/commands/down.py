"""``gonogo down``: stop what ``gonogo up`` started."""

from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import runs_dir_option
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="System")
@runs_dir_option
def down(runs_dir: Path) -> ExitCode:
    """Stop what `gonogo up` started.

    It returns when nothing of it is left.
    """
    from gonogo.gate.up_down import stop_systems

    stop_systems(runs_dir, click.echo)
    return ExitCode.GO
