"""Faults by name."""

import inspect
from typing import Any

from gonogo.vocabulary import Fault, UsageError
from gonogo_faults.catalogue import CATALOGUE


def make_fault(name: str, **parameters: Any) -> Fault:
    """A fault of the catalogue.

    Raises:
        UsageError: there is no such fault, or it has no such parameter or value.
    """
    if name not in CATALOGUE:
        raise UsageError(f"there is no fault {name!r}", alternatives=sorted(CATALOGUE))
    make = CATALOGUE[name]
    known = list(inspect.signature(make).parameters)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise UsageError(
            f"fault {name} has no parameter {unknown[0]!r}",
            where=f"fault {name}",
            alternatives=known,
            hint="" if known else f"{name} takes no parameters",
        )
    return make(**parameters)
