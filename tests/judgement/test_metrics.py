"""The catalogue of metrics: each is one file, and no other code uses its name."""

import ast
import sys
from pathlib import Path

import pytest

import gonogo.judgement
from gonogo.judgement import METRICS, Metric, NoopMetric, RunView, WatchableMetric, parse_objective
from gonogo.vocabulary import Objective, PlannedEvidence, Result
from tests.run_builder import empty_builder

ROOM = Path(gonogo.judgement.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "objectives.md"
UNITS = {"s": "time", "%": "%", "": "count"}


def _an_objective(metric: Metric) -> Objective:
    """The shortest objective that the metric allows."""
    spec = metric.spec
    aggregate = " max" if spec.aggregated else ""
    selector = f"{{{spec.required}=*}}" if spec.required else ""
    text = f"{spec.name}{selector}{aggregate} {spec.comparisons[-1]} 50{spec.unit}"
    return parse_objective(text.replace("== 50", "== 0"))


def test_each_metric_is_one_file() -> None:
    """The table is sorted by name; each file of the folder but helpers is one entry of it."""
    files = {path.stem for path in (ROOM / "metrics").glob("*.py") if path.stem[0] != "_"}
    assert list(METRICS) == sorted(files)
    for name, metric in METRICS.items():
        assert metric.spec.name == name
        assert type(metric).__module__ == f"gonogo.judgement.metrics.{name}"


def test_nothing_else_knows_a_metric_by_its_name() -> None:
    """Parser, judge, refusals and stop conditions use only the catalogue."""
    knowing = [
        f"{path.name}:{node.lineno} {node.value}"
        for path in sorted(ROOM.rglob("*.py"))
        if path != ROOM / "metrics" / "__init__.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in METRICS and node.value != path.stem
    ]
    importing = [
        f"{path.name}: {node.module}"
        for path in sorted(ROOM.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("gonogo.judgement.metrics.")
    ]
    assert knowing + importing == []


def _row(metric: Metric) -> str:
    spec = metric.spec
    written = f"{spec.name}({spec.argument})" if spec.argument else spec.name
    if spec.required and not spec.argument:
        written += f"{{{spec.required}=…}}"
    if spec.aggregated:
        written = f"{written} p95" if spec.argument else f"p95({written})"
    cells = (
        f"`{written}`",
        " ".join(f"`{each}`" for each in sorted(spec.comparisons)),
        UNITS[spec.unit],
        ", ".join(f"`{each}`" for each in spec.labels),
        "during the run" if isinstance(metric, WatchableMetric) else "at the end",
        _first_line(metric).rstrip("."),
    )
    return f"| {' | '.join(cells)} |"


def _first_line(metric: Metric) -> str:
    document = sys.modules[type(metric).__module__].__doc__ or ""
    name, _, meaning = document.partition("\n")[0].partition(": ")
    assert name == metric.spec.name
    return meaning


def test_the_page_has_a_row_for_each_metric() -> None:
    """The table of docs/objectives.md agrees with the first docstring line of each file."""
    lines = PAGE.read_text().splitlines()
    first = lines.index("|---|---|---|---|---|---|") + 1
    rows = [line for line in lines[first:] if line.startswith("| `")]
    assert rows == [_row(metric) for metric in METRICS.values()]


@pytest.mark.parametrize("name", METRICS)
def test_without_a_plan_nothing_can_be_decided(name: str) -> None:
    """A metric without planned evidence is refused before the run, with what it needs."""
    sizes = list(METRICS[name].planned(_an_objective(METRICS[name]), PlannedEvidence()))
    assert sizes
    for each in sizes:
        assert each.planned == 0
        assert each.needed >= 1
        assert each.reason


@pytest.mark.parametrize("name", METRICS)
def test_silence_never_passes(name: str, tmp_path: Path) -> None:
    """On a run in which nothing was recorded each metric is INCONCLUSIVE."""
    view = RunView.load(empty_builder(tmp_path / "run-1").write())
    judgements = list(METRICS[name].judge(_an_objective(METRICS[name]), view))
    assert [each.result for each in judgements] == [Result.INCONCLUSIVE] * max(1, len(judgements))


def test_the_noop_metric_is_never_decided(tmp_path: Path) -> None:
    """No plan gives it evidence, no run decides it, and it cannot be watched."""
    metric: Metric = NoopMetric()
    objective = Objective("noop < 1", "noop", "", "<", 1.0, "")
    view = RunView.load(empty_builder(tmp_path / "run-1").write())
    assert not any(each.enough for each in metric.planned(objective, PlannedEvidence()))
    assert [each.result for each in metric.judge(objective, view)] == [Result.INCONCLUSIVE]
    assert metric.samples_needed(objective) == 1
    assert not isinstance(metric, WatchableMetric)
