"""The watchdog of ``owner.py``: ``watch.py RUN_DIR RUN --fd N``."""

import sys
from pathlib import Path

from fault_injection import heal_all
from harness.environment import watch_and_sweep

run_dir = Path(sys.argv[1])
watch_and_sweep(
    run_dir, sys.argv[2], int(sys.argv[4]), lambda: heal_all(run_dir, by="watchdog-heal")
)
