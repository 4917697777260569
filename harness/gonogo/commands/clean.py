"""``gonogo clean``: heal, then delete old runs."""

from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import runs_dir_option
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="Upkeep")
@click.option(
    "--keep", type=int, metavar="N", default=10, show_default=True, help="Newest runs to keep."
)
@runs_dir_option
def clean(keep: int, runs_dir: Path) -> ExitCode:
    """Heal, then delete old run directories.

    A run that lives is never deleted.
    """
    from gonogo.gate.upkeep import delete_old_runs

    delete_old_runs(runs_dir, keep, click.echo)
    return ExitCode.GO
