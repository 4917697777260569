"""``gonogo run``: start the system, judge it, stop it."""

import shlex
import sys
from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import backend_option, file_option, runs_dir_option, target_file
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="Judge")
@file_option
@click.option(
    "--profile",
    metavar="NAME",
    default="default",
    show_default=True,
    help="quick, default, chaos, soak, or one of the target's own.",
)
@backend_option
@click.option("--seed", type=int, help="Repeat the load and the payloads of a run with this seed.")
@runs_dir_option
def run(
    file: Path | None, profile: str, backend: str, seed: int | None, runs_dir: Path
) -> ExitCode:
    """Start the system, judge it, stop it.

    The exit code is the verdict. The run directory keeps the evidence and the reports.
    """
    from gonogo.gate.run import RunRequest, run_gate
    from gonogo_reports import print_verdict, render_all

    request = RunRequest(
        target_file=target_file(file),
        profile=profile,
        backend=backend,
        seed=seed,
        runs_dir=runs_dir,
        command=shlex.join(["gonogo", *sys.argv[1:]]),
    )
    verdict, run_dir = run_gate(request)
    try:
        render_all(run_dir, verdict)
    except OSError as error:
        if verdict.exit_code is ExitCode.GO:
            raise  # a GO without its evidence does not count
        click.echo(f"gonogo: the reports cannot be written: {error}", err=True)
    print_verdict(verdict, run_dir)
    return verdict.exit_code
