"""A check: one thing that must be so for a run to count, with the problems found in it."""

from collections.abc import Sequence

from gonogo.vocabulary import Judgement, Result


def check(
    subject: str, problems: Sequence[str], holds: str, *, category: str = "invariant", n: int = 0
) -> Judgement:
    """INCONCLUSIVE with the problems as reason, or PASS with what ``holds``.

    An invariant is about the evidence, not about the system: broken, it makes the run worth
    nothing, but does not condemn the system.
    """
    result = Result.INCONCLUSIVE if problems else Result.PASS
    return Judgement(subject, result, "; ".join(problems) or holds, n=n, category=category)
