"""``report.html``: one file with its style, its script and its data inside, and nothing else.

The content security policy names the hashes of exactly that style and that script, so a log
line or a test name that slipped through the escaping could still run nothing and load nothing.
"""

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import _figures as figures
from reports._bullet import bullet
from reports._phases import BAD_OUTCOMES
from reports._schema import Document

_HERE = Path(__file__).parent
_SCRIPTS = ("timeline.js", "tests.js", "page.js")
_PASSES_SHOWN = 12
_SAFE_RESULTS = ("FAIL", "INCONCLUSIVE", "PASS")


def report_html(document: Document, timeline: dict[str, Any]) -> str:
    """The whole page as text.

    Args:
        document: see ``Document``.
        timeline: see ``timeline``.
    """
    style = (_HERE / "report.css").read_text()
    script = "\n".join((_HERE / name).read_text() for name in _SCRIPTS)
    judged = document["judgements"]
    passed = [j for j in judged if j["result"] == "PASS"]
    return (
        _environment()
        .get_template("report.html")
        .render(
            doc=document,
            open_judgements=[j for j in judged if j["result"] != "PASS"] + passed[:_PASSES_SHOWN],
            folded_judgements=passed[_PASSES_SHOWN:],
            counts={name: sum(j["result"] == name for j in judged) for name in _SAFE_RESULTS},
            bad_tests=sum(test["outcome"] in BAD_OUTCOMES for test in document["tests"]),
            has_timeline=bool(document["run"]["duration_s"]),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
            payload=_payload(document, timeline),
        )
    )


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
    """A value of the system information: nested ones as compact JSON."""
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, default=str, ensure_ascii=False)
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
            test["outcome"],
            test["duration_s"],
            test["started_s"],
            test["message"],
            test["attempt"],
            [[e["claim"], e["passed"], e["observed"], e["expected"]] for e in test["expectations"]],
            test["expectations_stated"],
        ]
        for test in document["tests"]
    ]
    data = {"timeline": timeline, "phases": phases, "tests": tests}
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
