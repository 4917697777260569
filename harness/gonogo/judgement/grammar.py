"""The objectives language: a tokenizer and recursive descent, one line an objective.

::

    objective  = subject comparison NUMBER UNIT [ "over" DURATION "," "abort" "after" DURATION ]
    subject    = AGGREGATE "(" METRIC ")" [ selector ]
               | METRIC [ "(" PATTERN ")" ] [ selector ] [ AGGREGATE ]
    selector   = "{" LABEL "=" PATTERN { "," LABEL "=" PATTERN } "}"
    comparison = "<" | "<=" | ">" | ">=" | "=="

Patterns are shell patterns (``*``, ``?``, ``[ab]``) and may hold anything but ``, { } ( )``.
"""

import difflib
import re
from collections.abc import Iterable
from fractions import Fraction

from gonogo.judgement.metrics import AGGREGATES, METRICS, Metric
from gonogo.judgement.scanner import Scanner
from gonogo.vocabulary import Objective, StopCondition

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
_PHASES = ("contract", "load", "closed", "faults", "ledger", "fault:LABEL")
_RATES = ("availability", "error_rate")


def parse_objective(text: str) -> Objective:
    """Read one line of the objectives language.

    Raises:
        UsageError: it is not one, its unit or comparison does not fit the metric, or it can
            never hold; with the column and the valid alternatives.
    """
    return _Parser(text).objective()


def is_pattern(value: str) -> bool:
    """Whether a label's value can match more than itself."""
    return any(character in value for character in "*?[")


class _Parser:
    """Recursive descent over one line; each method reads one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._scanner = Scanner(text)
        self._labels: dict[str, str] = {}

    def objective(self) -> Objective:
        name, aggregate = self._subject()
        metric = METRICS[name]
        comparison = self._comparison(name, metric)
        limit = self._limit(name, metric, comparison)
        stop = self._stop(name, metric)
        if self._scanner.position < len(self._scanner.text):
            self._scanner.fail(
                f"unexpected {self._scanner.rest()} after the objective",
                hint="a stop condition is written `over 10s, abort after 30s`",
            )
        text = " ".join(self._scanner.text.split())
        return Objective(text, name, aggregate, comparison, limit, metric.unit, self._labels, stop)

    def _subject(self) -> tuple[str, str]:
        start = self._scanner.position
        word = self._scanner.take(_WORD) or ""
        if word in AGGREGATES:
            self._scanner.expect("(", f"after {word}")
            name = self._metric()
            self._scanner.expect(")", f"after {name}")
            self._selector(name)
            aggregate = word
        else:
            name = self._known_metric(word, start)
            self._argument(name)
            self._selector(name)
            aggregate = self._trailing_aggregate()
        self._check_subject(name, aggregate, start)
        return name, aggregate

    def _metric(self) -> str:
        start = self._scanner.position
        return self._known_metric(self._scanner.take(_WORD) or "", start)

    def _known_metric(self, word: str, at: int) -> str:
        if word not in METRICS:
            found = repr(word) if word else self._scanner.rest()
            hint = _did_you_mean(word, (*METRICS, *AGGREGATES))
            self._scanner.fail(
                f"no such metric: {found}", at=at, alternatives=sorted(METRICS), hint=hint
            )
        return word

    def _argument(self, name: str) -> None:
        start = self._scanner.position
        if not self._scanner.take_literal("("):
            return
        label = METRICS[name].argument
        if not label:
            hint = f"write p95({name})" if METRICS[name].aggregated else f"write {name}"
            self._scanner.fail(f"{name} takes no argument", at=start, hint=hint)
        self._labels[label] = self._value(label)
        self._scanner.expect(")", f"after the {label}")

    def _selector(self, name: str) -> None:
        if not self._scanner.take_literal("{"):
            return
        while True:
            self._label(name)
            if not self._scanner.take_literal(","):
                break
        self._scanner.expect("}", "or ',' after a label")

    def _label(self, name: str) -> None:
        start = self._scanner.position
        label = self._scanner.take(_WORD) or ""
        valid = METRICS[name].labels
        if label not in valid:
            hint = "write phase=fault:LABEL" if label == "fault" and "phase" in valid else ""
            self._scanner.fail(
                f"{name} has no label {label!r}" if valid else f"{name} has no labels",
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
        valid_phase = value in _PHASES[:-1] or value.startswith("fault:") or is_pattern(value)
        if label == "phase" and not valid_phase:
            self._scanner.fail(f"no such phase: {value!r}", at=start, alternatives=_PHASES)
        return value

    def _trailing_aggregate(self) -> str:
        start = self._scanner.position
        word = self._scanner.take(_WORD)
        if word is not None and word not in AGGREGATES:
            self._scanner.fail(f"no such aggregate: {word!r}", at=start, alternatives=AGGREGATES)
        return word or ""

    def _check_subject(self, name: str, aggregate: str, at: int) -> None:
        metric = METRICS[name]
        if metric.aggregated and not aggregate:
            self._scanner.fail(
                f"{name} needs an aggregate", alternatives=AGGREGATES, hint=f"such as p95({name})"
            )
        if aggregate and not metric.aggregated:
            self._scanner.fail(f"{name} is one number and takes no {aggregate}", at=at)
        if metric.required and metric.required not in self._labels:
            self._scanner.fail(
                f"{name} needs a {metric.required}",
                at=at,
                hint=f"write {name}(*) for each of them",
            )

    def _comparison(self, name: str, metric: Metric) -> str:
        start = self._scanner.position
        found = self._scanner.take(_COMPARISON)
        if found not in metric.comparisons:
            self._scanner.fail(
                f"{name} cannot be held to {found!r}"
                if found
                else f"expected a comparison, found {self._scanner.rest()}",
                at=start,
                alternatives=metric.comparisons,
                hint="an objective says what is good; the others would let a bad system through"
                if found
                else "",
            )
        return str(found)

    def _limit(self, name: str, metric: Metric, comparison: str) -> float:
        start = self._scanner.position
        limit = self._quantity(metric.unit, f"the limit of {name}")
        if name in _RATES and not 0.0 < limit < 100.0:
            self._scanner.fail(
                f"no number of requests can show that {name} {comparison} {limit:g}%",
                at=start,
                hint="state a share between 0% and 100% exclusive, such as 0.1%",
            )
        if comparison == "==" and limit:
            self._scanner.fail("== is for none at all", at=start, hint=f"write {name} == 0")
        if comparison == "<" and not limit:
            self._scanner.fail(f"{name} can never be below 0", at=start)
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

    def _stop(self, name: str, metric: Metric) -> StopCondition | None:
        start = self._scanner.position
        if not self._scanner.take_literal("over"):
            return None
        if not metric.stoppable:
            self._scanner.fail(f"{name} is known only at the end: no stop condition", at=start)
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
