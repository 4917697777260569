"""``python3 -m harness.provision``: make this checkout ready; a second time takes a moment."""

import subprocess
import sys
import time
from pathlib import Path

from harness.provision._machine import AptFailed, install_packages, is_root_on_debian
from harness.provision._project import VENV, StepFailed, load_stamp, save_stamp, steps
from harness.provision._requirements import bootstrap_checks, render_checks
from harness.vocabulary import ExitCode


def main() -> int:
    """Run every step that is due; return an exit code."""
    root = Path.cwd()
    missing = [check for check in bootstrap_checks() if not check.found]
    installable = [check.apt for check in missing if check.apt]
    try:
        if installable and is_root_on_debian():
            _say(f"installing {' '.join(installable)}")
            install_packages(installable)
            missing = [check for check in bootstrap_checks() if not check.found]
        if missing:
            _say("this machine lacks:\n" + render_checks(missing))
            return ExitCode.ENVIRONMENT
        _run_steps(root)
    except (AptFailed, StepFailed) as error:
        _say(str(error))
        return ExitCode.ENVIRONMENT
    doctor = [str(root / VENV / "bin" / "gonogo"), "doctor", "--install", "--quiet"]
    return subprocess.run(doctor, check=False).returncode


def _run_steps(root: Path) -> None:
    plan = steps(root)
    stamp = load_stamp(root)
    for number, step in enumerate(plan, start=1):
        key = str(number)
        if stamp.get(key) == step.inputs:
            continue
        _say(f"[{number}/{len(plan)}] {step.name} …")
        began = time.monotonic()
        step.run()
        # A remade environment has none of the later steps' results.
        stamp = {**(load_stamp(root) if number > 1 else {}), key: step.inputs}
        save_stamp(root, stamp)
        _say(f"[{number}/{len(plan)}] {step.name}: {time.monotonic() - began:.1f} s")


def _say(text: str) -> None:
    print(f"provision: {text}", file=sys.stderr, flush=True)  # noqa: T201 - its user interface


if __name__ == "__main__":
    sys.exit(main())
