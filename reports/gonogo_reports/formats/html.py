"""``report.html``: the page for people. Style, script, data and pictures are inside the file.

The content security policy of the page names the hashes of its style and its script. If a log line
or a test name got through the escaping, the browser would still neither run nor load anything.
"""

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gonogo.vocabulary import Result
from gonogo_reports import readable
from gonogo_reports.document import BAD_OUTCOMES, Document, RunData, TestPart, shown_outcome
from gonogo_reports.page import bullet, pictures, timeline

_PAGE = Path(__file__).parents[1] / "page"
_SCRIPTS = (
    "elements.js", "lanes.js", "timeline.js", "crosshair.js", "tests.js", "page.js",
)  # fmt: skip
_STYLES = ("report.css", "journeys.css")
_PASSES_SHOWN = 12
_FINDINGS_SHOWN = 8
_SCENARIO_WORDS = {
    Result.FAIL: "failed",
    Result.INCONCLUSIVE: "inconclusive",
    Result.PASS: "passed",
}


class HtmlPage:
    """The page: verdict, judgements, findings, timeline, then everything that was observed."""

    file_name = "report.html"

    def render(self, document: Document, run: RunData) -> str:
        """The whole page. The run gives the values of the timeline and the pictures."""
        shown = pictures(run.run_dir, document["journeys"])
        return _page(document, timeline(run, document), shown)


def _page(document: Document, timeline: dict[str, Any], pictures: dict[str, str]) -> str:
    style = "\n".join((_PAGE / name).read_text() for name in _STYLES)
    script = "\n".join((_PAGE / name).read_text() for name in _SCRIPTS)
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
    """The rows of the table. All scenarios share one row; the page lists them under Tests."""
    rows = [j for j in document["judgements"] if j["category"] != "scenario"]
    results = [j["result"] for j in document["judgements"] if j["category"] == "scenario"]
    if not results:
        return rows
    words = [
        f"{results.count(result):,} {word}"
        for result, word in _SCENARIO_WORDS.items()
        if result in results
    ]
    not_tested = sum(f["cause"] == "test-not-tested" for f in document["findings"])
    words += [f"{not_tested:,} of them not tested"] if not_tested else []
    worst = Result.worst(Result(result) for result in results)
    row = {
        "subject": readable.plural(len(results), "scenario"),
        "result": worst.value,
        "reason": ", ".join(words),
        "n": len(results),
        "limit": None,
        "category": "scenario",
    }
    better = [i for i, j in enumerate(rows) if Result(j["result"]).rank < worst.rank]
    at = better[0] if better else len(rows)
    return [*rows[:at], row, *rows[at:]]


def _findings(document: Document) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Findings to show and findings to fold away; those that change the verdict come first."""
    decisive = [f for f in document["findings"] if f["result"] != Result.PASS]
    informative = [f for f in document["findings"] if f["result"] == Result.PASS]
    room = max(0, _FINDINGS_SHOWN - len(decisive))
    shown = decisive[:_FINDINGS_SHOWN] + informative[:room]
    return shown, decisive[_FINDINGS_SHOWN:] + informative[room:]


def _judges_reason(test: TestPart) -> str:
    """Why the judge's result is worse than the outcome that pytest reported; else nothing."""
    return "" if shown_outcome(test) == test["outcome"] else test["reason"]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "bullet": bullet,
        "bytes": readable.size,
        "count": readable.count,
        "duration": readable.duration,
        "share": readable.share,
        "value": readable.value,
        "clock": lambda wall: wall[:19].replace("T", " ") + " UTC" if wall else readable.NO_DATA,
        "plain": _plain,
    }
    environment.globals |= {"interval": readable.interval, "plural": readable.plural}
    return environment


def _plain(value: object) -> str:
    """A value of the system information as text; a nested one on one line."""
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
    """The data that the scripts draw, compressed: 10,000 tests take a tenth of their size."""
    phases = [part["phase"] for part in document["phases"]]
    tests = [
        [
            test["test"],
            phases.index(test["phase"]),
            shown_outcome(test),
            test["duration_s"],
            test["started_s"],
            "\n".join(filter(None, (test["message"], _judges_reason(test)))),
            test["attempt"],
            [[e["claim"], e["passed"], e["observed"], e["expected"]] for e in test["expectations"]],
            test["expectations_stated"],
        ]
        for test in document["tests"]
    ]
    data = {
        "timeline": timeline,
        "phases": phases,
        "tests": tests,
        "bad_outcomes": sorted(BAD_OUTCOMES),
    }
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
