"""``python3 -m gonogo.provision``: set up this checkout. Steps that are done are skipped."""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gonogo.provision.config import Provision, load_provision
from gonogo.provision.engine import ensure_engine
from gonogo.provision.machine import AptFailed, install_packages, is_root_on_debian
from gonogo.provision.project import VENV, load_stamp, save_stamp, steps
from gonogo.provision.requirements import bootstrap_checks, render_checks
from gonogo.provision.step import StepFailed
from gonogo.vocabulary import ExitCode, Form

BACKENDS = ("auto", Form.CONTAINER.value, Form.PROCESS.value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every step that is due; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m gonogo.provision", description=__doc__)
    parser.add_argument(
        "--backend", choices=BACKENDS, default="auto", help="process: without a container engine"
    )
    backend = parser.parse_args(arguments).backend
    root = Path.cwd()
    try:
        wanted = load_provision(root)
        _check_machine(wanted)
        if backend != Form.PROCESS:
            _engine()
        _run_steps(root, wanted)
    except (AptFailed, StepFailed) as error:
        _say(str(error))
        return ExitCode.ENVIRONMENT
    doctor = [str(root / VENV / "bin" / "gonogo"), "doctor", "--install", "--quiet"]
    return subprocess.run([*doctor, "--backend", backend], check=False).returncode


def _check_machine(wanted: Provision) -> None:
    missing = [check for check in bootstrap_checks(wanted) if check.lacking]
    installable = [check.apt for check in missing if check.apt]
    if installable and is_root_on_debian():
        _say(f"installing {' '.join(installable)}")
        install_packages(installable)
        missing = [check for check in bootstrap_checks(wanted) if check.lacking]
    if missing:
        raise StepFailed("missing on this machine:\n" + render_checks(missing))


def _engine() -> None:
    began = time.monotonic()
    answer = ensure_engine()
    if not answer.version:
        _say(f"{answer.problem}\nprovision: services will run as local processes")
    elif time.monotonic() - began > 1:
        _say(f"container engine {answer.version}: {time.monotonic() - began:.1f} s")


def _run_steps(root: Path, wanted: Provision) -> None:
    plan = steps(root, wanted)
    stamp = load_stamp(root)
    for number, step in enumerate(plan, start=1):
        key = str(number)
        if stamp.get(key) == step.inputs and (step.makes is None or step.makes.exists()):
            continue
        _say(f"[{number}/{len(plan)}] {step.name} …")
        began = time.monotonic()
        step.run()
        # A new environment has none of the results of the later steps.
        stamp = {**(load_stamp(root) if number > 1 else {}), key: step.inputs}
        save_stamp(root, stamp)
        _say(f"[{number}/{len(plan)}] {step.name}: {time.monotonic() - began:.1f} s")


def _say(text: str) -> None:
    print(f"provision: {text}", file=sys.stderr, flush=True)  # noqa: T201 - this is its output


if __name__ == "__main__":
    sys.exit(main())
