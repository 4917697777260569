"""``summary.md``: what a pipeline shows beside the job.

GitHub refuses a step summary of more than 1 MiB; this one stays far below.
"""

import re
from collections import Counter
from typing import Any

from gonogo_reports import readable
from gonogo_reports.document import Document, RunData

_ROWS_MAX = 25
_FINDINGS_MAX = 10
_TEXT_MAX = 300
_MARK = {"PASS": "✅", "FAIL": "❌", "INCONCLUSIVE": "⚠️"}


class Summary:
    """Verdict, judgements, findings, and the counts of each phase, in Markdown."""

    file_name = "summary.md"

    def render(self, document: Document, run: RunData) -> str:
        """The whole file."""
        return _markdown(document)


def _markdown(document: Document) -> str:
    parts = [_head(document), _judgements(document), _findings(document), _counts(document)]
    run = document["run"]["id"]
    reproduce = (
        f"Judge it again, anywhere: `gonogo judge reports/runs/{_code(run)}`"
        f" · run it again: `{_code(document['run']['reproduce'] or 'unknown')}`"
    )
    return "\n\n".join([*(part for part in parts if part), reproduce]) + "\n"


def _head(document: Document) -> str:
    verdict, run = document["verdict"], document["run"]
    mark = _MARK.get(verdict["result"], "")
    facts = [
        f"exit {verdict['exit_code']}, {verdict['exit_meaning']}",
        f"target {_text(run['target'] or 'unknown')}",
        f"profile {_text(run['profile'] or 'unknown')}",
        readable.duration(run["duration_s"]),
        f"seed {run['seed']}",
    ]
    head = f"## {mark} {_text(verdict['word'])}\n\n**{_text(verdict['summary'])}**\n\n"
    return head + " · ".join(facts)


def _judgements(document: Document) -> str:
    judged = [j for j in document["judgements"] if j["category"] != "scenario"]
    if not judged:
        return "No objective was judged."
    rows = [
        "| | objective | observed | interval | limit | margin | n |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for j in judged[:_ROWS_MAX]:
        cells = [
            _MARK[j["result"]],
            _subject(j),
            readable.DASH if j["limit"] is None else readable.value(j["observed"], j["unit"]),
            readable.interval(j["lower"], j["upper"], j["unit"]) or readable.DASH,
            _limit(j),
            readable.share(j["margin"]),
            readable.count(j["n"]),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    rest = Counter(j["result"] for j in judged[_ROWS_MAX:])
    more = ", ".join(f"{n} {result}" for result, n in sorted(rest.items()))
    return "\n".join(rows) + (f"\n\n… and {more} more" if more else "")


def _subject(judgement: dict[str, Any]) -> str:
    """The objective; with the reason where no observed value explains the result."""
    subject = f"`{_code(judgement['subject'])}`"
    has_value = judgement["limit"] is not None and judgement["observed"] is not None
    return subject if has_value else f"{subject} {_text(judgement['reason'])}"


def _limit(judgement: dict[str, Any]) -> str:
    if judgement["limit"] is None:
        return readable.DASH
    limit = readable.value(judgement["limit"], judgement["unit"])
    return _text(f"{judgement['comparison']} {limit}")


def _findings(document: Document) -> str:
    findings = document["findings"]
    lines = [
        f"- {_MARK[f['result']]} **{_text(f['title'])}** `{_code(f['cause'])}`"
        + (f" — {_text(f['hint'])}" if f["hint"] else "")
        for f in findings[:_FINDINGS_MAX]
    ]
    if len(findings) > _FINDINGS_MAX:
        lines.append(f"- … and {len(findings) - _FINDINGS_MAX} more in report.html")
    return "\n".join(lines)


def _counts(document: Document) -> str:
    lines = [
        f"- {_text(p['phase'])}: "
        + (", ".join(f"{n} {_text(o)}" for o, n in p["tests"].items()) or "no tests")
        + f" in {readable.duration(p['duration_s'])}"
        for p in document["phases"]
    ]
    for fault in document["faults"]:
        bit, gone = fault["bite"]["proven"], fault["absence"]["proven"]
        lines.append(
            f"- fault {_text(fault['label'])}: "
            f"{'bit' if bit else 'bite not observed'}, "
            f"{'proven gone' if gone else 'not proven gone'}"
        )
    return "\n".join(lines)


def _text(text: str) -> str:
    """Text of the target, escaped: no markup, no table cell, no mention of a person, one line."""
    line = " ".join(str(text).split())[:_TEXT_MAX]
    return re.sub(r"([\\`*_{}\[\]<>#|~@&])", r"\\\1", line)


def _code(text: str) -> str:
    """Text inside backticks, where a backslash does not escape; one line."""
    line = " ".join(str(text).split())[:_TEXT_MAX]
    return line.replace("`", "'").replace("|", "\\|")
