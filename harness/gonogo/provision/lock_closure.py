"""The pins and hashes that one project needs, from a lock that pins several projects.

``pip-compile`` writes below each pin which packages and projects require it. So the lock holds the
whole graph: no second lock is needed, which could differ, and no tool to read it.
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
    required_by: dict[str, set[str]] = {}
    name = ""
    for line in lock.splitlines():
        if pin := _PIN.match(line):
            name = pin[1]
            pins[name], required_by[name] = [line], set()
        elif name and line.lstrip().startswith("--hash="):
            pins[name].append(line)
        elif name and line.startswith("    #"):
            required_by[name].add(line.lstrip(" #").removeprefix("via").strip())
    direct = [name for name, by in required_by.items() if any(f"({project})" in who for who in by)]
    if not direct:
        raise StepFailed(
            f"the lock pins nothing for {project}: run pip-compile with this file as one of its"
            " sources, and with annotations"
        )
    needed = set(direct)
    while more := {name for name, by in required_by.items() if by & needed} - needed:
        needed |= more
    return "\n".join(line for name in sorted(needed) for line in pins[name]) + "\n"
