"""Users other than root, with and without access to the container engine."""

import os
import stat
import sys
from pathlib import Path

SOCKET = Path("/var/run/docker.sock")
USER = 65534
# So that it finds an interpreter below /root; it opens no door that the engine would.
_RIGHT = "-all,+dac_read_search"


def as_member(*words: str) -> list[str]:
    """A command of Python's as a member of the engine's group."""
    return _as_user(SOCKET.stat().st_gid, *words)


def as_other_user(*words: str) -> list[str]:
    """A command of Python's as a user who may not use the engine."""
    return _as_user(USER, *words)


def hand_over(folder: Path) -> None:
    """Let such a user write there, and come there."""
    os.chown(folder, USER, USER)
    for above in folder.parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)


def _as_user(group: int, *words: str) -> list[str]:
    rights = [f"--{kind}={_RIGHT}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    ids = [f"--reuid={USER}", f"--regid={USER}", f"--groups={group}"]
    return ["setpriv", *ids, *rights, sys.executable, *words]
