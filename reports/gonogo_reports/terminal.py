"""The verdict on the terminal: the word, the cause, the worst judgements, the report's path."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gonogo.vocabulary import Judgement, Result, Verdict
from gonogo_reports import readable
from gonogo_reports.document import bare_summary, exit_advice, worst_first

_LINES_MAX = 8
_FINDINGS_MAX = 3
_WIDTH_FOR_ALL = 110
_COLOUR = {Result.PASS: "green", Result.INCONCLUSIVE: "yellow", Result.FAIL: "red"}


def print_verdict(verdict: Verdict, run_dir: Path, console: Console | None = None) -> None:
    """Print what one needs to act on the verdict without opening the report.

    Args:
        verdict: the verdict.
        run_dir: its run directory; the path of the report is printed once the report exists.
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
    advice = exit_advice(verdict)
    out.print(Text.assemble(("exit    ", "dim"), (str(code), f"bold {colour}"), f"  {advice}"))


def _table(judgements: list[Judgement], width: int) -> Table:
    """The worst judgements, and how many more there are. Tests are among the findings instead."""
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
        readable.value(judgement.observed, unit),
        f"{judgement.comparison} {readable.value(judgement.limit, unit)}",
        readable.share(judgement.margin),
        readable.interval(judgement.lower, judgement.upper, unit) or readable.DASH,
        readable.count(judgement.n),
    ]


def _findings(verdict: Verdict) -> list[Text]:
    """The first findings that change the verdict, at most two lines each."""
    lines: list[Text] = []
    for finding in [f for f in verdict.findings if f.result is not Result.PASS][:_FINDINGS_MAX]:
        lines.append(Text.assemble(("● ", _COLOUR[finding.result]), (finding.title, "bold")))
        if finding.hint:
            lines.append(Text.assemble("  ", ("next ", "dim"), finding.hint))
    return [*lines, Text("")] if lines else []
