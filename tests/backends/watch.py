"""The watchdog of ``owner.py``: ``watch.py RUN_DIR RUN --fd N``."""

import sys
from pathlib import Path

from gonogo.backends import PROCESSES
from gonogo.ownership import watch_and_sweep
from gonogo_faults import heal_all

run_dir = Path(sys.argv[1])
watch_and_sweep(
    run_dir, sys.argv[2], int(sys.argv[4]), lambda: heal_all(run_dir, by="watchdog-heal"), PROCESSES
)
