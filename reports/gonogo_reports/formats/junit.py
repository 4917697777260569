"""``junit.xml``: for pipelines, in the strict form that Jenkins and GitLab both read.

Jenkins' schema is junit-10.xsd. There are no properties, no reruns and no flaky elements. Each
(classname, name) occurs once, because GitLab keeps only the first of several. The root has no
``skipped``, because the schema does not allow it there.
"""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from gonogo.vocabulary import Ending
from gonogo_reports import readable
from gonogo_reports.document import BAD_OUTCOMES, Document, RunData, TestPart, shown_outcome

_FINDINGS_MAX = 50
_TAGS = {Ending.FAILED.value: "failure", Ending.SKIPPED.value: "skipped"}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

# XML 1.0 allows these characters only; with any other one, a parser refuses the whole file.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Case:
    """One testcase; ``tag`` is failure, error, skipped or empty when it passed."""

    classname: str
    name: str
    time_s: float = 0.0
    tag: str = ""
    type: str = ""
    message: str = ""
    text: str = ""


@dataclass(slots=True)
class _Suite:
    name: str
    time_s: float
    cases: list[_Case] = field(default_factory=list)

    def count(self, tag: str) -> int:
        return sum(case.tag == tag for case in self.cases)


class JUnit:
    """One testcase for the verdict, each test attempt, each objective, invariant and fault."""

    file_name = "junit.xml"

    def render(self, document: Document, run: RunData) -> str:
        """The whole file."""
        return _testsuites(document)


def _testsuites(document: Document) -> str:
    suites = [suite for suite in _suites(document) if suite.cases]
    names: set[tuple[str, str]] = set()
    run = document["run"]
    total = {tag: sum(suite.count(tag) for suite in suites) for tag in ("failure", "error")}
    root = ET.Element(
        "testsuites",
        name=_legal(run["id"]),
        time=f"{run['duration_s']:.3f}",
        tests=str(sum(len(suite.cases) for suite in suites)),
        failures=str(total["failure"]),
        errors=str(total["error"]),
    )
    for suite in suites:
        _add_suite(root, suite, run["started"][:19], names)
    ET.indent(root)
    return f"{_DECLARATION}\n{ET.tostring(root, encoding='unicode')}\n"


def _suites(document: Document) -> list[_Suite]:
    """The verdict first: a gate that is not open must never look green in a list of tests."""
    by_category = {"objective": "objectives", "invariant": "invariants", "fault": "faults"}
    suites = [_Suite("verdict", 0.0, [_verdict_case(document)])]
    for phase in document["phases"]:
        tests = [test for test in document["tests"] if test["phase"] == phase["phase"]]
        cases = [_test_case(test) for test in tests]
        suites.append(_Suite(f"phase {phase['phase']}", sum(case.time_s for case in cases), cases))
    for category, name in by_category.items():
        judged = [j for j in document["judgements"] if j["category"] == category]
        suites.append(_Suite(name, 0.0, [_judgement_case(name, j) for j in judged]))
    return suites


def _verdict_case(document: Document) -> _Case:
    verdict = document["verdict"]
    lines = [f"exit code {verdict['exit_code']}: {verdict['exit_meaning']}"]
    for finding in document["findings"][:_FINDINGS_MAX]:
        lines.append(f"{finding['result']} {finding['title']} [{finding['cause']}]")
        lines += [f"  {part}" for part in (finding["hint"], finding["detail"]) if part]
    tag = {0: "", 1: "failure"}.get(verdict["exit_code"], "error")
    text = "\n".join(lines)
    name = "the gate opens"
    return _Case("gonogo.verdict", name, 0.0, tag, verdict["word"], verdict["summary"], text)


def _test_case(test: TestPart) -> _Case:
    path, _, name = test["test"].partition("::")
    module = path.removesuffix(".py").replace("/", ".")
    attempt = f" (attempt {test['attempt']})" if test["attempt"] > 1 else ""
    outcome = shown_outcome(test)
    tag = _TAGS.get(outcome, "")
    if not tag and outcome in BAD_OUTCOMES:
        tag = "error"
    last_line = (test["message"].strip().split("\n")[-1] or test["reason"]) if tag else ""
    return _Case(
        f"{test['phase']}.{module}",
        (name or test["test"]) + attempt,
        test["duration_s"] or 0.0,
        tag,
        outcome.upper(),
        last_line,
        "\n".join(filter(None, (test["message"], test["reason"]))) if tag else "",
    )


def _judgement_case(suite: str, judgement: dict[str, object]) -> _Case:
    result = str(judgement["result"])
    tag = {"FAIL": "failure", "INCONCLUSIVE": "error"}.get(result, "")
    text = _judgement_text(judgement)
    reason = str(judgement["reason"])
    return _Case(f"gonogo.{suite}", str(judgement["subject"]), 0.0, tag, result, reason, text)


def _judgement_text(judgement: dict[str, object]) -> str:
    """Observed, interval, n, limit and margin, one line each. A check has no limit."""
    if judgement["limit"] is None:
        return f"n: {judgement['n']}\nreason: {judgement['reason']}"
    unit = str(judgement["unit"])
    value = {key: _number(judgement[key]) for key in ("observed", "lower", "upper", "limit")}
    return "\n".join(
        [
            f"observed: {readable.value(value['observed'], unit)}",
            f"interval: {readable.interval(value['lower'], value['upper'], unit) or 'none'}",
            f"n: {judgement['n']}",
            f"limit: {judgement['comparison']} {readable.value(value['limit'], unit)}",
            f"margin: {readable.share(_number(judgement['margin']))}",
            f"reason: {judgement['reason']}",
        ]
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _add_suite(root: ET.Element, suite: _Suite, stamp: str, names: set[tuple[str, str]]) -> None:
    element = ET.SubElement(
        root,
        "testsuite",
        name=_legal(suite.name),
        tests=str(len(suite.cases)),
        failures=str(suite.count("failure")),
        errors=str(suite.count("error")),
        skipped=str(suite.count("skipped")),
        time=f"{suite.time_s:.3f}",
    )
    if stamp:
        element.set("timestamp", stamp)
    for case in suite.cases:
        _add_case(element, case, names)


def _add_case(suite: ET.Element, case: _Case, names: set[tuple[str, str]]) -> None:
    name = _unique(_legal(case.classname), _legal(case.name), names)
    element = ET.SubElement(
        suite, "testcase", classname=_legal(case.classname), name=name, time=f"{case.time_s:.3f}"
    )
    if case.tag:
        failure = ET.SubElement(
            element, case.tag, type=_legal(case.type), message=_legal(case.message)
        )
        failure.text = _legal(case.text)


def _unique(classname: str, name: str, names: set[tuple[str, str]]) -> str:
    """The name; if it is taken, the name with the first free number."""
    candidate, number = name or "unnamed", 1
    while (classname, candidate) in names:
        number += 1
        candidate = f"{name} #{number}"
    names.add((classname, candidate))
    return candidate


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
