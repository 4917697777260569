"""The objectives language: recursive descent over one line, which is one objective.

::

    objective  = subject comparison NUMBER UNIT [ "over" DURATION "," "abort" "after" DURATION ]
    subject    = AGGREGATE "(" METRIC ")" [ selector ]
               | METRIC [ "(" PATTERN ")" ] [ selector ] [ AGGREGATE ]
    selector   = "{" LABEL "=" PATTERN { "," LABEL "=" PATTERN } "}"
    comparison = "<" | "<=" | ">" | ">=" | "=="

Patterns are shell patterns (``*``, ``?``, ``[ab]``) and may hold anything but ``, { } ( )``.
"""

import difflib
import math
import re
from collections.abc import Iterable
from fractions import Fraction

from gonogo.judgement.aggregates import AGGREGATES
from gonogo.judgement.label_patterns import is_pattern
from gonogo.judgement.line_scanner import LineScanner
from gonogo.judgement.metric import MetricSpec, WatchableMetric
from gonogo.judgement.metrics import METRICS
from gonogo.vocabulary import (
    CLOSED_PHASE,
    PHASES,
    Objective,
    StopCondition,
    fault_phase,
    is_fault_phase,
)

_WORD = re.compile(r"[A-Za-z_]\w*(?:\.\d+)?")
_PATTERN = re.compile(r"[^,{}()]+")
_COMPARISON = re.compile(r"<=|>=|==|<|>")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNIT = re.compile(r"[A-Za-z%]+")

# Fractions, so that 800us is 0.0008 s and not the float beside it.
_SECONDS_PER_UNIT = {
    "us": Fraction(1, 1_000_000),
    "ms": Fraction(1, 1_000),
    "s": Fraction(1),
    "min": Fraction(60),
}
_UNITS = {"s": tuple(_SECONDS_PER_UNIT), "%": ("%",), "": ()}
_PHASES = (*PHASES, CLOSED_PHASE)


def parse_objective(text: str) -> Objective:
    """Read one line of the objectives language.

    Raises:
        UsageError: it is not one, its unit or comparison does not fit the metric, or it can
            never hold; with the column and the valid alternatives.
    """
    return _Parser(text).objective()


class _Parser:
    """Recursive descent over one line; each method reads one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._scanner = LineScanner(text)
        self._labels: dict[str, str] = {}

    def objective(self) -> Objective:
        spec, aggregate = self._subject()
        comparison = self._comparison(spec)
        limit = self._limit(spec, comparison)
        stop = self._stop(spec)
        if self._scanner.position < len(self._scanner.text):
            self._scanner.fail(
                f"unexpected {self._scanner.rest()} after the objective",
                hint="a stop condition is written `over 10s, abort after 30s`",
            )
        text = " ".join(self._scanner.text.split())
        return Objective(
            text, spec.name, aggregate, comparison, limit, spec.unit, self._labels, stop
        )

    def _subject(self) -> tuple[MetricSpec, str]:
        start = self._scanner.position
        word = self._scanner.take(_WORD) or ""
        if word in AGGREGATES:
            self._scanner.expect("(", f"after {word}")
            name_at = self._scanner.position
            spec = self._known_metric(self._scanner.take(_WORD) or "", name_at)
            self._scanner.expect(")", f"after {spec.name}")
            self._selector(spec)
            aggregate = word
        else:
            spec = self._known_metric(word, start)
            self._argument(spec)
            self._selector(spec)
            aggregate = self._trailing_aggregate()
        self._check_subject(spec, aggregate, start)
        return spec, aggregate

    def _known_metric(self, word: str, at: int) -> MetricSpec:
        if word not in METRICS:
            found = repr(word) if word else self._scanner.rest()
            hint = _did_you_mean(word, (*METRICS, *AGGREGATES))
            self._scanner.fail(
                f"no such metric: {found}", at=at, alternatives=sorted(METRICS), hint=hint
            )
        return METRICS[word].spec

    def _argument(self, spec: MetricSpec) -> None:
        start = self._scanner.position
        if not self._scanner.take_literal("("):
            return
        label = spec.argument
        if not label:
            hint = f"write p95({spec.name})" if spec.aggregated else f"write {spec.name}"
            self._scanner.fail(f"{spec.name} takes no argument", at=start, hint=hint)
        self._labels[label] = self._value(label)
        self._scanner.expect(")", f"after the {label}")

    def _selector(self, spec: MetricSpec) -> None:
        if not self._scanner.take_literal("{"):
            return
        while True:
            self._label(spec)
            if not self._scanner.take_literal(","):
                break
        self._scanner.expect("}", "or ',' after a label")

    def _label(self, spec: MetricSpec) -> None:
        start = self._scanner.position
        label = self._scanner.take(_WORD) or ""
        valid = spec.labels
        if label not in valid:
            hint = "write phase=fault:LABEL" if label == "fault" and "phase" in valid else ""
            self._scanner.fail(
                f"{spec.name} has no label {label!r}" if valid else f"{spec.name} has no labels",
                at=start,
                alternatives=valid,
                hint=hint or _did_you_mean(label, valid),
            )
        if label in self._labels:
            self._scanner.fail(f"label {label} is given twice", at=start)
        self._scanner.expect("=", f"after the label {label}")
        self._labels[label] = self._value(label)

    def _value(self, label: str) -> str:
        start = self._scanner.position
        value = (self._scanner.take(_PATTERN) or "").strip()
        if not value:
            self._scanner.fail(f"label {label} has no value", at=start, hint=f"write {label}=*")
        valid_phase = value in _PHASES or is_fault_phase(value) or is_pattern(value)
        if label == "phase" and not valid_phase:
            alternatives = (*_PHASES, fault_phase("LABEL"))
            self._scanner.fail(f"no such phase: {value!r}", at=start, alternatives=alternatives)
        return value

    def _trailing_aggregate(self) -> str:
        start = self._scanner.position
        word = self._scanner.take(_WORD)
        if word is not None and word not in AGGREGATES:
            self._scanner.fail(f"no such aggregate: {word!r}", at=start, alternatives=AGGREGATES)
        return word or ""

    def _check_subject(self, spec: MetricSpec, aggregate: str, at: int) -> None:
        if spec.aggregated and not aggregate:
            self._scanner.fail(
                f"{spec.name} needs an aggregate",
                alternatives=AGGREGATES,
                hint=f"such as p95({spec.name})",
            )
        if aggregate and not spec.aggregated:
            self._scanner.fail(f"{spec.name} is one number and takes no {aggregate}", at=at)
        if spec.required and spec.required not in self._labels:
            every = "(*)" if spec.argument else f"{{{spec.required}=*}}"
            self._scanner.fail(
                f"{spec.name} needs a {spec.required}",
                at=at,
                hint=f"write {spec.name}{every} for each of them",
            )

    def _comparison(self, spec: MetricSpec) -> str:
        start = self._scanner.position
        found = self._scanner.take(_COMPARISON)
        if found not in spec.comparisons:
            self._scanner.fail(
                f"{spec.name} cannot be compared by {found!r}"
                if found
                else f"expected a comparison, found {self._scanner.rest()}",
                at=start,
                alternatives=spec.comparisons,
                hint="an objective says what is good; the others would let a bad system through"
                if found
                else "",
            )
        return str(found)

    def _limit(self, spec: MetricSpec, comparison: str) -> float:
        start = self._scanner.position
        limit = self._quantity(spec.unit, f"the limit of {spec.name}")
        low, high = spec.limit_between or (-math.inf, math.inf)
        if not low < limit < high:
            self._scanner.fail(
                f"no number of samples can show that {spec.name} {comparison} {limit:g}{spec.unit}",
                at=start,
                hint=f"state a limit above {low:g}{spec.unit} and below {high:g}{spec.unit}",
            )
        if comparison == "==" and limit:
            self._scanner.fail("== is only for 0", at=start, hint=f"write {spec.name} == 0")
        if comparison == "<" and not limit:
            self._scanner.fail(f"{spec.name} can never be below 0", at=start)
        return limit

    def _quantity(self, unit: str, meaning: str) -> float:
        start = self._scanner.position
        number = self._scanner.take(_NUMBER)
        if number is None:
            self._scanner.fail(f"expected a number for {meaning}, found {self._scanner.rest()}")
        unit_at = self._scanner.position
        found = self._scanner.take(_UNIT) if unit else None
        if unit and found not in _UNITS[unit]:
            self._scanner.fail(
                f"{meaning} cannot be in {found!r}" if found else f"{meaning} has no unit",
                at=unit_at if found else start,
                alternatives=_UNITS[unit],
            )
        return float(Fraction(number) * _SECONDS_PER_UNIT.get(found or "", Fraction(1)))

    def _stop(self, spec: MetricSpec) -> StopCondition | None:
        start = self._scanner.position
        if not self._scanner.take_literal("over"):
            return None
        if not isinstance(METRICS[spec.name], WatchableMetric):
            self._scanner.fail(f"{spec.name} is known only at the end: no stop condition", at=start)
        window_s = self._duration("the window")
        for literal in (",", "abort", "after"):
            self._scanner.expect(literal, "in `over WINDOW, abort after DURATION`")
        return StopCondition(window_s, self._duration("the time until the abort"))

    def _duration(self, meaning: str) -> float:
        start = self._scanner.position
        duration_s = self._quantity("s", meaning)
        if not duration_s:
            self._scanner.fail(f"{meaning} must be longer than 0", at=start)
        return duration_s


def _did_you_mean(word: str, valid: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(valid), n=1)
    return f"did you mean {close[0]}?" if close else ""
