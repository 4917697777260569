"""``gonogo report``: the reports again, offline."""

from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import newest_run_argument, run_or_newest, runs_dir_option
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="Judge")
@newest_run_argument
@runs_dir_option
def report(run: Path | None, runs_dir: Path) -> ExitCode:
    """Write the reports of a run again, from its directory alone.

    It prints the paths of the reports. The exit code is 0, whatever the verdict.
    """
    from gonogo.judgement import judge
    from gonogo_reports import render_all

    run_dir = run_or_newest(run, runs_dir)
    for path in render_all(run_dir, judge(run_dir)).values():
        click.echo(path)
    return ExitCode.GO
