"""All commands, and what ``gonogo --help`` says beside them."""

import click

from gonogo import __version__
from gonogo.commands.clean import clean
from gonogo.commands.completion import completion
from gonogo.commands.doctor import doctor
from gonogo.commands.down import down
from gonogo.commands.faults import faults
from gonogo.commands.heal import heal
from gonogo.commands.help_sections import SectionGroup
from gonogo.commands.judge import judge
from gonogo.commands.report import report
from gonogo.commands.run import run
from gonogo.commands.up import up

EXAMPLES = (
    ("gonogo run", "judge the system of ./compose.yaml"),
    ("gonogo run -f shop/compose.yaml --profile quick", "another system, a short run"),
    ("gonogo up; gonogo down", "start the system, stop it later"),
    ("gonogo judge reports/runs/RUN", "the same verdict again, offline"),
    ("gonogo report reports/runs/RUN", "the same reports again"),
    ("gonogo faults power-loss", "what this fault does"),
    ("gonogo heal", "undo what a killed run left"),
    ("gonogo doctor", "what this machine lacks"),
)
EXIT_CODES = (
    ("0", "GO"),
    ("1", "NO-GO"),
    ("2", "interrupted"),
    ("3", "INCONCLUSIVE"),
    ("4", "usage or configuration error"),
    ("5", "nothing ran"),
    ("6", "the environment failed, or gonogo itself: the only code to retry without a change"),
)
COMMANDS = (run, judge, report, up, down, faults, heal, clean, doctor, completion)


@click.group(
    cls=SectionGroup,
    tables={"Examples": EXAMPLES, "Exit codes": EXIT_CODES},
    no_args_is_help=True,
    subcommand_metavar="COMMAND",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="gonogo %(version)s", help="Show the version.")
def gonogo() -> None:
    """A release gate for distributed systems: GO, NO-GO or INCONCLUSIVE."""


for _command in COMMANDS:
    gonogo.add_command(_command)
