"""What one project needs of a lock that pins several, with the lock's own pins and hashes.

``pip-compile`` writes below each pin which packages and projects asked for it. That is the
graph as it was resolved: no second lock that could drift, nothing to install for reading it.
"""

import re

from gonogo.provision.step import StepFailed

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==\S+")


def closure(lock: str, project: str) -> str:
    """The pins of ``lock`` that the project needs, directly or through another package.

    Args:
        lock: text of the lock.
        project: path of the project's pyproject.toml as the lock names it.

    Raises:
        StepFailed: the lock names nothing for this project.
    """
    pins: dict[str, list[str]] = {}
    asked_by: dict[str, set[str]] = {}
    name = ""
    for line in lock.splitlines():
        if pin := _PIN.match(line):
            name = pin[1]
            pins[name], asked_by[name] = [line], set()
        elif name and line.lstrip().startswith("--hash="):
            pins[name].append(line)
        elif name and line.startswith("    #"):
            asked_by[name].add(line.lstrip(" #").removeprefix("via").strip())
    direct = [name for name, by in asked_by.items() if any(f"({project})" in who for who in by)]
    if not direct:
        raise StepFailed(
            f"the lock pins nothing for {project}: make it by pip-compile with this file among its"
            " sources and with annotations"
        )
    needed = set(direct)
    while more := {name for name, by in asked_by.items() if by & needed} - needed:
        needed |= more
    return "\n".join(line for name in sorted(needed) for line in pins[name]) + "\n"
