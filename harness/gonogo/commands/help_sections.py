"""Help in sections: commands grouped by what they are for, then examples, then exit codes."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from gonogo.gate.exit_code import exit_code_of

TERM_CHARACTERS_MAX = 32
SHORT_CHARACTERS_MAX = 200  # of a command's line in the help: the whole first sentence


class StrayArguments(click.UsageError):
    """More arguments than the command takes.

    Attributes:
        stray: those it does not take.
    """

    def __init__(self, stray: Sequence[str], context: click.Context) -> None:
        super().__init__(f"Unexpected arguments: {' '.join(stray)}", context)
        self.stray = tuple(stray)


class SectionCommand(click.Command):
    """A command in a section of the help.

    Args:
        section: title of the section.
        settings: as of ``click.Command``.
    """

    allow_extra_args = True  # they are refused here, with better words

    def __init__(self, *, section: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.section = section

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse them, and refuse what is too much."""
        try:
            stray = super().parse_args(ctx, args)
        except click.UsageError as mistake:
            mistake.ctx = mistake.ctx or ctx  # an option without its value comes without one
            raise
        if stray and not ctx.resilient_parsing:
            raise StrayArguments(stray, ctx)
        return stray

    def invoke(self, ctx: click.Context) -> int:
        """Run it; nothing it raises reaches click, which would choose another exit code."""
        return exit_code_of(partial(super().invoke, ctx))


class SectionGroup(click.Group):
    """The group of all commands.

    Args:
        tables: what follows the commands: a title, and rows of a term and its meaning.
        settings: as of ``click.Group``.
    """

    def __init__(self, *, tables: dict[str, Sequence[tuple[str, str]]], **settings: Any) -> None:
        super().__init__(**settings)
        self._tables = tables

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names in the order in which they were added."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A table for each section; terms of all of them have one width."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            title = getattr(command, "section", "Commands")
            text = command.get_short_help_str(SHORT_CHARACTERS_MAX)
            sections.setdefault(title, []).append((name.ljust(max(map(len, self.commands))), text))
        for title, rows in (sections | self._tables).items():
            with formatter.section(title):
                formatter.write_dl(rows, col_max=min(TERM_CHARACTERS_MAX, formatter.width // 2))
