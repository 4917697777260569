"""``gonogo judge``: the verdict again, offline."""

from pathlib import Path

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.commands.options import newest_run_argument, run_or_newest, runs_dir_option
from gonogo.vocabulary import ExitCode


@click.command(cls=SectionCommand, section="Judge")
@newest_run_argument
@runs_dir_option
def judge(run: Path | None, runs_dir: Path) -> ExitCode:
    """Judge a run again, from its directory alone.

    It works offline, on another machine, and for a run that was killed. The exit code is the
    verdict.
    """
    from gonogo.judgement import judge as judge_run
    from gonogo_reports import print_verdict

    run_dir = run_or_newest(run, runs_dir)
    verdict = judge_run(run_dir)
    print_verdict(verdict, run_dir)
    return verdict.exit_code
