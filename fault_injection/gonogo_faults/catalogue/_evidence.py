"""Looking at each of several services."""

from collections.abc import Callable, Sequence

from gonogo.vocabulary import Evidence


def all_of(names: Sequence[str], look: Callable[[str], Evidence]) -> Evidence:
    """One evidence of many: it holds when each does."""
    looks = [look(name) for name in names]
    return Evidence(all(each.holds for each in looks), "; ".join(each.what for each in looks))
