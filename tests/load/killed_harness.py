"""A harness that starts a load and waits to be killed.

Run as ``python -m tests.load.killed_harness PLAN``. PLAN is the type of the plan that it reads
from its standard input; it prints ``up``.
"""

import signal
import sys

from gonogo.observation import from_json
from gonogo_load import ClosedModelLoad, ClosedModelPlan, OpenModelLoad, OpenModelPlan


def main(kind: str) -> None:
    """Start the load and stay."""
    line = sys.stdin.buffer.readline()
    if kind == OpenModelPlan.__name__:
        OpenModelLoad(from_json(line, OpenModelPlan)).start()
    else:
        ClosedModelLoad(from_json(line, ClosedModelPlan)).start()
    sys.stdout.write("up\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1])
