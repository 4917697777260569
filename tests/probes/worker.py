"""A service to measure; it reads one request a line from stdin and answers ``done``.

``burn`` uses a core until told to stop; ``grow`` touches 64 MiB; ``threads`` starts three;
``files`` opens ten; ``name`` sets a name that is no valid text; ``exit`` ends.
"""

import os
import sys
import threading
from pathlib import Path

keep: list[object] = []
stop = threading.Event()


def burn() -> None:
    while not stop.is_set():
        sum(range(10_000))


def obey(wish: str) -> None:
    if wish == "burn":
        threading.Thread(target=burn, daemon=True).start()
    elif wish == "rest":
        stop.set()
    elif wish == "grow":
        keep.append(bytearray(os.urandom(1024)) * (64 * 1024))
    elif wish == "threads":
        for _ in range(3):
            threading.Thread(target=threading.Event().wait, daemon=True).start()
    elif wish == "files":
        keep.extend(os.open("/dev/null", os.O_RDONLY) for _ in range(10))
    elif wish == "name":
        Path("/proc/self/comm").write_bytes(b"na\xc3")
    elif wish == "exit":
        sys.exit(0)


sys.stdout.write("ready\n")
sys.stdout.flush()
for line in sys.stdin:
    obey(line.strip())
    sys.stdout.write("done\n")
    sys.stdout.flush()
