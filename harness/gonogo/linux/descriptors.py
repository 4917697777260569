"""Descriptors of a process: which files it has open, and how."""

import os


def keep_descriptors_private() -> None:
    """Mark what this process inherited (a make jobserver, a CI's pipe) close-on-exec."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                os.set_inheritable(int(name), False)
            except OSError:
                continue  # the descriptor of the listing itself
