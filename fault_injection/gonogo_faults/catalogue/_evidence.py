"""Looking at each of several services."""

from collections.abc import Callable, Sequence

from gonogo.vocabulary import Evidence


def all_of(names: Sequence[str], look: Callable[[str], Evidence]) -> Evidence:
    """Many pieces of evidence as one: it holds when all of them hold."""
    looks = [look(name) for name in names]
    return Evidence(all(each.holds for each in looks), "; ".join(each.what for each in looks))
