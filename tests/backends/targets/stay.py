"""A service without a port: says ``stay.ready`` and waits; arguments change how.

``deaf`` ignores SIGTERM, ``exit CODE`` exits instead, ``daemon`` leaves a process behind that
has another session, no environment and the same output; ``child`` has a child of its own;
``once FILE`` is ready at its first start only.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


wish, *rest = [*sys.argv[1:], ""]
if wish == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if wish == "exit":
    say(f"password is {os.environ.get('PASSWORD')} and that was it")
    sys.exit(int(rest[0]))
if wish == "daemon":
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env={},
                     start_new_session=True)  # fmt: skip
if wish == "child":
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
first = wish != "once" or not Path(rest[0]).exists()
if wish == "once":
    Path(rest[0]).touch()
if first:
    say("stay.ready")
time.sleep(600)
