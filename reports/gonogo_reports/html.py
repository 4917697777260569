"""``report.html``: one file with its style, its script and its data inside, and nothing else.

The content security policy names the hashes of exactly that style and that script, so a log
line or a test name that slipped through the escaping could still run nothing and load nothing.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gonogo.vocabulary import Result
from gonogo_reports import figures
from gonogo_reports.bullet import bullet
from gonogo_reports.phases import BAD_OUTCOMES, shown_outcome
from gonogo_reports.schema import Document, TestPart

_HERE = Path(__file__).parent
_SCRIPTS = (
    "elements.js", "lanes.js", "timeline.js", "crosshair.js", "tests.js", "page.js",
)  # fmt: skip
_STYLES = ("report.css", "journeys.css")
_PASSES_SHOWN = 12
_FINDINGS_SHOWN = 8
_ORDER = {Result.FAIL: 0, Result.INCONCLUSIVE: 1, Result.PASS: 2}
_SCENARIO_WORDS = {
    Result.FAIL: "failed",
    Result.INCONCLUSIVE: "undecided",
    Result.PASS: "passed",
}


def report_html(document: Document, timeline: dict[str, Any], pictures: Mapping[str, str]) -> str:
    """The whole page as text.

    Args:
        document: see ``Document``.
        timeline: see ``timeline``.
        pictures: data addresses of thumbnails, by their path.
    """
    style = "\n".join((_HERE / name).read_text() for name in _STYLES)
    script = "\n".join((_HERE / name).read_text() for name in _SCRIPTS)
    judged = _judged(document)
    passed = [j for j in judged if j["result"] == Result.PASS]
    loud, quiet = _findings(document)
    return (
        _environment()
        .get_template("report.html")
        .render(
            doc=document,
            open_judgements=[j for j in judged if j not in passed] + passed[:_PASSES_SHOWN],
            folded_judgements=passed[_PASSES_SHOWN:],
            counts={name: sum(j["result"] == name for j in judged) for name in Result},
            findings=loud,
            quiet_findings=quiet,
            bad_tests=sum(shown_outcome(test) in BAD_OUTCOMES for test in document["tests"]),
            pictures=pictures,
            has_timeline=bool(document["run"]["duration_s"]),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
            payload=_payload(document, timeline),
        )
    )


def _judged(document: Document) -> list[dict[str, Any]]:
    """The judgements as rows; the scenarios, listed further down one by one, are one row."""
    rows = [j for j in document["judgements"] if j["category"] != "scenario"]
    results = [j["result"] for j in document["judgements"] if j["category"] == "scenario"]
    if not results:
        return rows
    said = [
        f"{results.count(result):,} {words}"
        for result, words in _SCENARIO_WORDS.items()
        if result in results
    ]
    not_tested = sum(f["cause"] == "test-not-tested" for f in document["findings"])
    said += [f"{not_tested:,} of them not tested"] if not_tested else []
    worst = Result.worst(Result(result) for result in results)
    row = {
        "subject": figures.plural(len(results), "scenario"),
        "result": worst.value,
        "reason": ", ".join(said),
        "n": len(results),
        "limit": None,
        "category": "scenario",
    }
    better = [i for i, j in enumerate(rows) if _ORDER[j["result"]] > _ORDER[worst]]
    at = better[0] if better else len(rows)
    return [*rows[:at], row, *rows[at:]]


def _findings(document: Document) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those to show and those to fold: all that weigh, and more than anyone reads."""
    weighty = [f for f in document["findings"] if f["result"] != Result.PASS]
    light = [f for f in document["findings"] if f["result"] == Result.PASS]
    room = max(0, _FINDINGS_SHOWN - len(weighty))
    return weighty[:_FINDINGS_SHOWN] + light[:room], weighty[_FINDINGS_SHOWN:] + light[room:]


def _doubt(test: TestPart) -> str:
    """Why the judge thinks worse of a test than pytest did."""
    return "" if shown_outcome(test) == test["outcome"] else test["reason"]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "bullet": bullet,
        "bytes": figures.size,
        "count": figures.count,
        "duration": figures.duration,
        "share": figures.share,
        "value": figures.value,
        "clock": lambda wall: wall[:19].replace("T", " ") + " UTC" if wall else figures.NO_DATA,
        "plain": _plain,
    }
    environment.globals |= {"interval": figures.interval, "plural": figures.plural}
    return environment


def _plain(value: object) -> str:
    """A value of the system information, nested ones on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(value[key])}" for key in sorted(value, key=str))
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(each) for each in value)
    return str(value)


def _policy(style: str, script: str) -> str:
    hashes = {
        f"{name}-src": base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for name, text in (("style", style), ("script", script))
    }
    allowed = [f"{directive} 'sha256-{digest}'" for directive, digest in hashes.items()]
    return "; ".join(
        ["default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"]
    )


def _payload(document: Document, timeline: dict[str, Any]) -> str:
    """What the script draws, deflated: 10,000 tests take a tenth of their size."""
    phases = [part["phase"] for part in document["phases"]]
    tests = [
        [
            test["test"],
            phases.index(test["phase"]),
            shown_outcome(test),
            test["duration_s"],
            test["started_s"],
            "\n".join(filter(None, (test["message"], _doubt(test)))),
            test["attempt"],
            [[e["claim"], e["passed"], e["observed"], e["expected"]] for e in test["expectations"]],
            test["expectations_stated"],
        ]
        for test in document["tests"]
    ]
    data = {"timeline": timeline, "phases": phases, "tests": tests}
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
