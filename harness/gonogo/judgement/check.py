"""A check of the evidence: what must be true for a run to count, and the problems found."""

from collections.abc import Sequence

from gonogo.vocabulary import Judgement, Result


def check(
    subject: str, problems: Sequence[str], holds: str, *, category: str = "invariant", n: int = 0
) -> Judgement:
    """INCONCLUSIVE with the problems as its reason, or PASS with the reason ``holds``.

    A check is about the evidence, not about the system. When it fails the run proves nothing, so
    it is never a FAIL.
    """
    result = Result.INCONCLUSIVE if problems else Result.PASS
    return Judgement(subject, result, "; ".join(problems) or holds, n=n, category=category)
