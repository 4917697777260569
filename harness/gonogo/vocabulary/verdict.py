"""Verdicts: three-valued, and FAIL outranks INCONCLUSIVE outranks PASS."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gonogo.vocabulary.exits import ExitCode


class Result(StrEnum):
    """The three values of a judgement, the best one first."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    INCONCLUSIVE = "INCONCLUSIVE"
    FAIL = "FAIL"

    @property
    def rank(self) -> int:
        """0 for PASS, 1 for INCONCLUSIVE, 2 for FAIL: the higher one decides."""
        return list(Result).index(self)

    @staticmethod
    def worst(results: Iterable["Result"]) -> "Result":
        """The highest-ranking of the results; INCONCLUSIVE when there is none."""
        return max(results, key=lambda result: result.rank, default=Result.INCONCLUSIVE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One objective (or invariant) against what was observed.

    Attributes:
        subject: the objective's text, with the match when a wildcard is judged per match.
        result: PASS, FAIL or INCONCLUSIVE.
        reason: why, one sentence.
        observed: point value in ``unit``; None when there was nothing to observe.
        lower: lower end of the interval, None where there is none.
        upper: upper end of the interval.
        limit: the limit in ``unit``.
        comparison: the operator between observed and limit.
        unit: ``s``, ``%`` or ``""``.
        n: samples behind it.
        margin: distance to the limit as a share of it, positive when inside.
        category: ``objective``, ``invariant``, ``fault`` or ``scenario``.
    """

    subject: str
    result: Result
    reason: str
    observed: float | None = None
    lower: float | None = None
    upper: float | None = None
    limit: float | None = None
    comparison: str = ""
    unit: str = ""
    n: int = 0
    margin: float | None = None
    category: str = "objective"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the reader must know, most important first.

    Attributes:
        result: what it does to the verdict; PASS findings are information ("not tested").
        title: one line.
        detail: evidence: log tail, error, figures.
        cause: short machine-readable name, such as ``service-exited`` or ``no-samples``.
        hint: what to look at next.
    """

    result: Result
    title: str
    cause: str
    detail: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer.

    Attributes:
        result: worst of all judgements and findings.
        word: GO, NO-GO or INCONCLUSIVE; INTERRUPTED, USAGE ERROR, NOTHING RAN and
            ENVIRONMENT FAILED where the run did not get to a judgement.
        exit_code: see ``ExitCode``.
        summary: one sentence naming the cause.
        judgements: every objective and invariant.
        findings: ordered, worst first.
    """

    result: Result
    word: str
    exit_code: ExitCode
    summary: str
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]
