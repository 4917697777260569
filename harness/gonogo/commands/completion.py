"""``gonogo completion``: the script by which a shell completes commands and options."""

import click
from click.shell_completion import get_completion_class

from gonogo.commands.help_sections import SectionCommand
from gonogo.vocabulary import ExitCode

VARIABLE = "_GONOGO_COMPLETE"  # the scripts set it when they ask for completions


@click.command(cls=SectionCommand, section="Upkeep")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")), metavar="SHELL")
@click.pass_context
def completion(context: click.Context, shell: str) -> ExitCode:
    r"""Print the script that completes commands in a shell.

    \b
    bash  eval "$(gonogo completion bash)" in ~/.bashrc
    zsh   eval "$(gonogo completion zsh)" in ~/.zshrc, after compinit
    fish  gonogo completion fish > ~/.config/fish/completions/gonogo.fish
    """
    writer = get_completion_class(shell)
    assert writer is not None  # noqa: S101 - the choices are shells that click knows
    click.echo(writer(context.find_root().command, {}, "gonogo", VARIABLE).source())
    return ExitCode.GO
