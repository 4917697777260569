"""``gonogo heal``: undo what killed runs left."""

from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import PATH, runs_dir_option
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="Faults")
@click.argument(
    "run", type=PATH, required=False, help="Undo the faults armed in this run, alive or not."
)
@runs_dir_option
def heal(run: Path | None, runs_dir: Path) -> ExitCode:
    """Undo what killed runs left armed or running.

    Runs that live are left alone, unless one is named.
    """
    from gonogo.gate.upkeep import heal_dead_runs, heal_run

    if run is None:
        heal_dead_runs(runs_dir, click.echo)
    else:
        heal_run(run, click.echo)
    return ExitCode.GO
