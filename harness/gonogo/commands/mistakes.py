"""What was typed and cannot be parsed: what, where, the valid words and a hint; exit code 4."""

from collections.abc import Iterable
from pathlib import Path

import click

from gonogo.commands.help_sections import StrayArguments
from gonogo.vocabulary import ExitCode, UsageError


def report_mistake(mistake: click.UsageError) -> int:
    """Print it with the usage of the command concerned; returns the exit code."""
    context = mistake.ctx
    if context is None or isinstance(mistake, click.exceptions.NoArgsIsHelpError):
        click.echo(mistake.format_message(), err=True)
        return ExitCode.USAGE
    told = UsageError(
        mistake.format_message() if not _suggestions(mistake) else mistake.message,
        where=context.command_path,
        alternatives=_valid(mistake, context.command),
        hint=_hint(mistake, context),
    )
    click.echo(context.get_usage(), err=True)
    click.echo(f"gonogo: {told}", err=True)
    return told.exit_code


def _suggestions(mistake: click.UsageError) -> Iterable[str]:
    if isinstance(mistake, click.NoSuchOption | click.NoSuchCommand):
        return mistake.possibilities or ()
    return ()


def _valid(mistake: click.UsageError, command: click.Command) -> list[str]:
    if isinstance(mistake, click.NoSuchCommand) and isinstance(command, click.Group):
        return list(command.commands)
    if isinstance(mistake, click.NoSuchOption):
        options = [each for each in command.params if isinstance(each, click.Option)]
        return [*(each.opts[-1] for each in options), "--help"]
    return []


def _hint(mistake: click.UsageError, context: click.Context) -> str:
    if suggestions := _suggestions(mistake):
        return f"did you mean {' or '.join(suggestions)}?"
    takes_file = any(each.name == "file" for each in context.command.params)
    stray = mistake.stray if isinstance(mistake, StrayArguments) else ()
    if takes_file and any(Path(each).is_file() for each in stray):
        return "name it with -f"
    return f"{context.command_path} --help"
