"""The watchdog's own process: it undoes and sweeps what its owner leaves when it dies.

``python -P -m gonogo.gate.watchdog_process RUN_DIR BACKEND --fd N``. It imports no more than it
needs: every run starts one.
"""

import sys
from functools import partial
from pathlib import Path

from gonogo.backends import by_name
from gonogo.ownership import watch_and_sweep
from gonogo_faults import heal_all


def watch(run_dir: Path, backend: str, fd: int) -> None:
    """Wait until the owner reports its end or dies. If it died, undo its faults and sweep.

    Args:
        run_dir: the run directory.
        backend: name of the backend its system runs in.
        fd: read end of the owner's pipe.
    """
    heal = partial(heal_all, run_dir, by="watchdog", owned=False)
    watch_and_sweep(run_dir, run_dir.name, fd, heal, by_name(backend))


if __name__ == "__main__":
    _run_dir, _backend, _option, _fd = sys.argv[1:]
    watch(Path(_run_dir), _backend, int(_fd))
