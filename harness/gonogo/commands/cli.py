"""``gonogo``: the command line."""

import argparse
import re
import shlex
import sys
import tomllib
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from gonogo import __version__
from gonogo.vocabulary import ExitCode, Form, HarnessError, UsageError

EXAMPLES = """\
examples:
  gonogo run                                 judge the system of ./compose.yaml, profile default
  gonogo run -f shop/compose.yaml --profile quick
  gonogo up; gonogo down                     start the system and leave it running; end it
  gonogo judge reports/runs/20260101-120000-ab12     the same verdict again, offline
  gonogo report reports/runs/20260101-120000-ab12    the same reports again
  gonogo faults power-loss                   what that fault does, and how it is proven
  gonogo heal                                take back whatever a killed run left behind
  gonogo doctor                              what this machine has and what it lacks

exit codes:
  0 GO   1 NO-GO   2 interrupted   3 INCONCLUSIVE   4 usage error   5 nothing ran
  6 the environment failed, or gonogo itself: only this one is worth a retry as it is
"""
COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
OWN = ("hold", "watch")  # commands of gonogo itself, not for a user
RUNS_DIR = Path("reports") / "runs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    options, unknown = _parser().parse_known_args(arguments)
    if unknown:
        stray_file = hasattr(options, "file") and any(Path(each).is_file() for each in unknown)
        hint = "name it with -f" if stray_file else ""
        options.parser.error(f"unrecognized arguments: {shlex.join(unknown)}", hint)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return int(command(options))
    except HarnessError as error:
        print(f"gonogo: {error}", file=sys.stderr)  # noqa: T201 - its user interface
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as error:
        print(f"gonogo: the machine said no: {error}", file=sys.stderr)  # noqa: T201 - its user interface
        return ExitCode.ENVIRONMENT
    except Exception:
        # Python's own exit code for it, 1, would read as NO-GO.
        traceback.print_exc()
        print("gonogo: this is a defect of gonogo; it says nothing of the system", file=sys.stderr)  # noqa: T201 - its user interface
        return ExitCode.ENVIRONMENT


class _Parser(argparse.ArgumentParser):
    def error(self, message: str, hint: str = "") -> NoReturn:
        what, _, choices = message.partition(" (choose from ")
        told = UsageError(
            what,
            where=self.prog,
            alternatives=[each for each in re.findall(r"'([^']*)'", choices) if each not in OWN],
            hint=hint or f"{self.prog} --help",
        )
        self.print_usage(sys.stderr)
        print(f"gonogo: {told}", file=sys.stderr)  # noqa: T201 - its user interface
        sys.exit(told.exit_code)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gonogo",
        description="A release gate for distributed systems: GO, NO-GO or INCONCLUSIVE.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gonogo {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_system_commands(commands)
    _add_run_directory_commands(commands)
    return parser


def _add_system_commands(commands: "argparse._SubParsersAction[_Parser]") -> None:
    doctor = _command(commands, "doctor", _doctor, "show what this machine has and lacks")
    doctor.add_argument("--install", action="store_true", help="as root on Debian: install it")
    doctor.add_argument("--quiet", action="store_true", help="print only what is missing")
    doctor.add_argument(
        "--backend",
        choices=("auto", Form.CONTAINER.value, Form.PROCESS.value),
        default="auto",
        help="judge for this one",
    )
    _target_option(doctor)
    up = _command(commands, "up", _up, "start the system and leave it running")
    _target_option(up)
    _backend_option(up)
    _command(commands, "down", _down, "end what `gonogo up` started")
    run = _command(commands, "run", _run, "start the system, judge it, end it")
    _target_option(run)
    run.add_argument("--profile", default="default", help="quick, default, chaos or soak")
    _backend_option(run)
    run.add_argument("--seed", type=int, default=None, help="replay a run's load and payloads")
    hold = _command(commands, "hold", _hold, "")
    _target_option(hold)
    hold.add_argument("--backend", required=True)
    hold.add_argument("run", type=Path)


def _add_run_directory_commands(
    commands: "argparse._SubParsersAction[_Parser]",
) -> None:
    for name, call, text in (
        ("judge", _judge, "judge a run again from its directory alone"),
        ("report", _report, "write a run's reports again from its directory alone"),
    ):
        command = _command(commands, name, call, text)
        command.add_argument("run", type=Path, nargs="?", help="run directory; default: the newest")
    heal = _command(commands, "heal", _heal, "take back what killed runs left armed or running")
    heal.add_argument("run", type=Path, nargs="?", help="what is armed in this one, which may live")
    faults = _command(commands, "faults", _faults, "what can be injected, or all about one fault")
    faults.add_argument("fault", nargs="?", help="its name; default: a line about each")
    faults.add_argument("--markdown", action="store_true", help="the page docs/faults.md")
    clean = _command(commands, "clean", _clean, "heal, then delete old run directories")
    clean.add_argument("--keep", type=int, default=10, help="newest runs to keep (default 10)")
    watch = _command(commands, "watch", _watch, "")
    watch.add_argument("run", type=Path)
    watch.add_argument("--backend", required=True)
    watch.add_argument("--fd", type=int, required=True)


def _command(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    call: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    # A command without a text is one of OWN and stays out of the help.
    if text:
        parser = commands.add_parser(name, description=text, help=text)
    else:
        parser = commands.add_parser(name)
    parser.set_defaults(command=call, parser=parser)
    parser.add_argument("--runs-dir", type=Path, default=RUNS_DIR, help=f"default: {RUNS_DIR}")
    return parser


def _target_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f", "--file", type=Path, default=None, help="Compose file; default: ./compose.yaml"
    )


def _backend_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--backend", default="auto", help="docker, process, or auto: docker where an engine answers"
    )


def _target_file(options: argparse.Namespace) -> Path:
    if options.file is not None:
        return Path(options.file)
    for name in COMPOSE_NAMES:
        if Path(name).exists():
            return Path(name)
    project = Path("pyproject.toml")
    if project.exists():
        try:
            settings = tomllib.loads(project.read_text())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"it cannot be read: {error}", where=str(project.absolute())) from None
        named = settings.get("tool", {}).get("gonogo", {}).get("target")
        if named:
            return Path(named)
    raise UsageError(
        "no Compose file here",
        where=str(Path.cwd()),
        alternatives=COMPOSE_NAMES,
        hint="name one with -f, or set `target` in [tool.gonogo] of pyproject.toml",
    )


def _newest(options: argparse.Namespace) -> Path:
    from gonogo.observation import newest_runs  # noqa: PLC0415 - see _run

    if options.run is not None:
        return Path(options.run)
    runs = newest_runs(options.runs_dir)
    if not runs:
        raise UsageError("there is no run yet", where=str(options.runs_dir), hint="gonogo run")
    return runs[0]


# Commands import what they need when called: `gonogo --help` and the watchdog start at once.


def _run(options: argparse.Namespace) -> int:
    from gonogo.gate.run import RunRequest, run  # noqa: PLC0415
    from gonogo_reports import print_verdict, render_all  # noqa: PLC0415

    request = RunRequest(
        target_file=_target_file(options),
        profile=options.profile,
        backend=options.backend,
        seed=options.seed,
        runs_dir=options.runs_dir,
        command=shlex.join(["gonogo", *sys.argv[1:]]),
    )
    verdict, run_dir = run(request)
    try:
        render_all(run_dir, verdict)
    except OSError as error:
        if verdict.exit_code is ExitCode.GO:
            raise  # a GO that nobody can read up is none
        print(f"gonogo: the reports cannot be written: {error}", file=sys.stderr)  # noqa: T201 - its user interface
    print_verdict(verdict, run_dir)
    return verdict.exit_code


def _judge(options: argparse.Namespace) -> int:
    from gonogo.judgement import judge  # noqa: PLC0415
    from gonogo_reports import print_verdict  # noqa: PLC0415

    run_dir = _newest(options)
    verdict = judge(run_dir)
    print_verdict(verdict, run_dir)
    return verdict.exit_code


def _report(options: argparse.Namespace) -> int:
    from gonogo.judgement import judge  # noqa: PLC0415
    from gonogo_reports import render_all  # noqa: PLC0415

    run_dir = _newest(options)
    for path in render_all(run_dir, judge(run_dir)).values():
        print(path)  # noqa: T201 - its user interface
    return ExitCode.GO


def _doctor(options: argparse.Namespace) -> int:
    from gonogo.commands.doctor import doctor  # noqa: PLC0415

    return doctor(
        _target_file(options),
        install=options.install,
        quiet=options.quiet,
        backend=options.backend,
    )


def _up(options: argparse.Namespace) -> int:
    from gonogo.gate.up_down import up  # noqa: PLC0415

    return up(_target_file(options), options.runs_dir, options.backend)


def _down(options: argparse.Namespace) -> int:
    from gonogo.gate.up_down import down  # noqa: PLC0415

    return down(options.runs_dir)


def _hold(options: argparse.Namespace) -> int:
    from gonogo.gate.up_down import hold  # noqa: PLC0415

    return hold(_target_file(options), options.run, options.backend)


def _heal(options: argparse.Namespace) -> int:
    from gonogo.gate.upkeep import heal, heal_run  # noqa: PLC0415

    return heal(options.runs_dir) if options.run is None else heal_run(options.run)


def _faults(options: argparse.Namespace) -> int:
    from gonogo_faults import catalogue_list, catalogue_page, describe  # noqa: PLC0415

    if options.markdown:
        text = catalogue_page()
    elif options.fault:
        text = f"{describe(options.fault)}\n"
    else:
        text = catalogue_list()
    sys.stdout.write(text)
    return ExitCode.GO


def _clean(options: argparse.Namespace) -> int:
    from gonogo.gate.upkeep import clean  # noqa: PLC0415

    return clean(options.runs_dir, keep=options.keep)


def _watch(options: argparse.Namespace) -> int:
    from gonogo.gate.owner import watch  # noqa: PLC0415

    return watch(options.run, options.fd, options.backend)


if __name__ == "__main__":
    sys.exit(main())
