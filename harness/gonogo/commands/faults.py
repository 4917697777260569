"""``gonogo faults``: what can be injected."""

import click

from gonogo.commands.help_sections import SectionCommand
from gonogo.vocabulary import ExitCode


def _names(_context: click.Context, _argument: click.Parameter, begun: str) -> list[str]:
    from gonogo_faults import CATALOGUE

    return [name for name in CATALOGUE if name.startswith(begun)]


@click.command(cls=SectionCommand, section="Faults")
@click.argument(
    "fault",
    required=False,
    shell_complete=_names,
    help="Its name.  [default: one line for each fault]",
)
@click.option("--markdown", is_flag=True, help="Print the page docs/faults.md.")
def faults(fault: str | None, markdown: bool) -> ExitCode:
    """List what can be injected, or describe one fault.

    A description says what the fault does, how it is proven, how it is undone, and its
    parameters with their units.
    """
    from gonogo_faults import catalogue_list, catalogue_page, describe

    if markdown:
        text = catalogue_page()
    elif fault:
        text = f"{describe(fault)}\n"
    else:
        text = catalogue_list()
    click.echo(text, nl=False)
    return ExitCode.GO
