"""``gonogo doctor``: what this machine has and what it lacks."""

from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import backend_option, file_option, target_file
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="Upkeep")
@file_option
@backend_option
@click.option("--install", is_flag=True, help="As root on Debian: install what is missing.")
@click.option("--quiet", is_flag=True, help="Print only what is missing.")
def doctor(file: Path | None, backend: str, install: bool, quiet: bool) -> ExitCode:
    """Show what this machine has and what it lacks.

    The exit code is 6 when something that is needed is missing.
    """
    from gonogo.gate.doctor import install_missing, requirement_checks
    from gonogo.provision import render_checks

    chosen = target_file(file)
    checks = requirement_checks(chosen, backend)
    if install and install_missing(checks, click.echo):
        checks = requirement_checks(chosen, backend)
    missing = [check for check in checks if check.lacking]
    if missing or not quiet:
        click.echo(render_checks(missing if quiet else checks))
    return ExitCode.ENVIRONMENT if missing else ExitCode.GO
