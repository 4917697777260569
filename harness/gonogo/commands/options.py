"""Options and arguments that several commands share, and what stands for those not given."""

import tomllib
from pathlib import Path

import click

from gonogo.vocabulary import UsageError

COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
PATH = click.Path(path_type=Path)

runs_dir_option = click.option(
    "--runs-dir",
    type=PATH,
    default=Path("reports") / "runs",
    show_default=True,
    help="Where the run directories are.",
)
file_option = click.option(
    "-f", "--file", type=PATH, help="Compose file.  [default: ./compose.yaml]"
)
newest_run_argument = click.argument(
    "run", type=PATH, required=False, help="Run directory.  [default: the newest]"
)


def _backends(_context: click.Context, _option: click.Parameter, begun: str) -> list[str]:
    from gonogo.backends import choices

    return [name for name in choices() if name.startswith(begun)]


backend_option = click.option(
    "--backend",
    metavar="NAME",
    default="auto",
    show_default=True,
    shell_complete=_backends,
    help="docker, process, or auto: docker where an engine answers.",
)


def target_file(given: Path | None) -> Path:
    """The Compose file: the one given, the one here, or the one that pyproject.toml names.

    Raises:
        UsageError: there is none, or pyproject.toml cannot be read.
    """
    if given is not None:
        return given
    for name in COMPOSE_NAMES:
        if Path(name).exists():
            return Path(name)
    if named := _named_by_project(Path("pyproject.toml")):
        return Path(named)
    raise UsageError(
        "no Compose file here",
        where=str(Path.cwd()),
        alternatives=COMPOSE_NAMES,
        hint="name one with -f, or set `target` in [tool.gonogo] of pyproject.toml",
    )


def _named_by_project(project: Path) -> str | None:
    if not project.exists():
        return None
    try:
        settings = tomllib.loads(project.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"it cannot be read: {error}", where=str(project.absolute())) from None
    named = settings.get("tool", {}).get("gonogo", {}).get("target")
    return str(named) if named else None


def run_or_newest(given: Path | None, runs_dir: Path) -> Path:
    """The run directory given, or the newest one.

    Raises:
        UsageError: there is none.
    """
    from gonogo.observation import newest_runs

    if given is not None:
        return given
    runs = newest_runs(runs_dir)
    if not runs:
        raise UsageError("there is no run yet", where=str(runs_dir), hint="gonogo run")
    return runs[0]
