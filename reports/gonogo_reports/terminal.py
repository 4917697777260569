"""The verdict on the terminal: the word, the cause, the worst judgements, where to read on."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gonogo.vocabulary import Judgement, Result, Verdict
from gonogo_reports import figures
from gonogo_reports.advice import exit_meaning
from gonogo_reports.document import bare_summary, worst_first

_LINES_MAX = 8
_FINDINGS_MAX = 3
_WIDTH_FOR_ALL = 110
_COLOUR = {Result.PASS: "green", Result.INCONCLUSIVE: "yellow", Result.FAIL: "red"}


def print_verdict(verdict: Verdict, run_dir: Path, console: Console | None = None) -> None:
    """Print a verdict so that it can be acted upon without opening the report.

    Args:
        verdict: the verdict.
        run_dir: its run directory; the report is named when it is there.
        console: standard output when None.
    """
    out = console or Console(highlight=False)
    colour = _COLOUR[verdict.result]
    out.print()
    out.print(
        Text.assemble(
            (f"  {verdict.word}  ", f"bold white on {colour}"), "  ", bare_summary(verdict)
        )
    )
    out.print()
    if verdict.judgements:
        out.print(_table(worst_first(verdict.judgements), out.width))
        out.print()
    for line in _findings(verdict):
        out.print(line, overflow="fold")
    report = run_dir / "report.html"
    out.print(Text.assemble(("report  ", "dim"), str(report if report.exists() else run_dir)))
    code = int(verdict.exit_code)
    meaning = exit_meaning(verdict)
    out.print(Text.assemble(("exit    ", "dim"), (str(code), f"bold {colour}"), f"  {meaning}"))


def _table(judgements: list[Judgement], width: int) -> Table:
    """The worst, and how many more there are of each result; tests stand among the findings."""
    names = ["", "objective", "observed", "limit", "margin"]
    names += ["interval", "n"] if width >= _WIDTH_FOR_ALL else []
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=True)
    for name in names:
        words = name == "objective"
        left = words or not name
        table.add_column(Text(name, "dim"), justify="left" if left else "right", no_wrap=not words)
    shown = [each for each in judgements if each.category != "scenario"][:_LINES_MAX]
    for each in shown:
        table.add_row(*_cells(each)[: len(names)])
    rest = [each for each in judgements if each not in shown]
    if rest:
        counts = [(r, sum(each.result is r for each in rest)) for r in reversed(Result)]
        more = ", ".join(f"{n} {result.value}" for result, n in counts if n)
        table.add_row("", Text(f"and {more}", "dim"))
    return table


def _cells(judgement: Judgement) -> list[Text | str]:
    result = Text(judgement.result.value, f"bold {_COLOUR[judgement.result]}")
    if judgement.limit is None:
        return [result, Text.assemble(judgement.subject, (f": {judgement.reason}", "dim"))]
    unit = judgement.unit
    return [
        result,
        Text(judgement.subject),
        figures.value(judgement.observed, unit),
        f"{judgement.comparison} {figures.value(judgement.limit, unit)}",
        figures.share(judgement.margin),
        figures.interval(judgement.lower, judgement.upper, unit) or figures.DASH,
        figures.count(judgement.n),
    ]


def _findings(verdict: Verdict) -> list[Text]:
    """What a person must know beyond the judgements, in at most a few lines each."""
    lines: list[Text] = []
    for finding in [f for f in verdict.findings if f.result is not Result.PASS][:_FINDINGS_MAX]:
        lines.append(Text.assemble(("● ", _COLOUR[finding.result]), (finding.title, "bold")))
        if finding.hint:
            lines.append(Text.assemble("  ", ("next ", "dim"), finding.hint))
    return [*lines, Text("")] if lines else []
