"""The objectives language: parsed exactly, or refused with a hint."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.judgement import METRICS, parse_objective
from gonogo.vocabulary import Objective, StopCondition, UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p95(response){name=/api/*} < 2s", ("response", "p95", "<", 2.0, "s", {"name": "/api/*"})),
        ("response p99.9 <= 1.5min", ("response", "p99.9", "<=", 90.0, "s", {})),
        ("mean(response)<250ms", ("response", "mean", "<", 0.25, "s", {})),
        ("p50(response) < 800us", ("response", "p50", "<", 0.0008, "s", {})),
        ("cpu(api) p95 < 80%", ("cpu", "p95", "<", 80.0, "%", {"service": "api"})),
        ("memory(*) max < 85%", ("memory", "max", "<", 85.0, "%", {"service": "*"})),
        ("p90(cpu){service=a-*} < 80 %", ("cpu", "p90", "<", 80.0, "%", {"service": "a-*"})),
        ("error_rate < 1%", ("error_rate", "", "<", 1.0, "%", {})),
        ("error_rate{phase=fault:x, name=a b} <= 2%",
         ("error_rate", "", "<=", 2.0, "%", {"phase": "fault:x", "name": "a b"})),
        ("availability > 99.5%", ("availability", "", ">", 99.5, "%", {})),
        ("recovery{fault=*} < 30s", ("recovery", "", "<", 30.0, "s", {"fault": "*"})),
        ("lost_writes == 0", ("lost_writes", "", "==", 0.0, "", {})),
    ],
)  # fmt: skip
def test_every_spelling_of_the_design_is_understood(
    text: str, expected: tuple[str, str, str, float, str, dict[str, str]]
) -> None:
    """Each line of the design parses to metric, aggregate, comparison, limit, unit, labels."""
    assert parse_objective(text) == Objective(text, *expected)


def test_a_stop_condition_has_a_window_and_a_duration() -> None:
    """``over W, abort after D`` becomes a StopCondition in seconds."""
    objective = parse_objective("p95(response){phase=fault:x} < 5s over 500ms, abort after 1min")
    assert objective.stop == StopCondition(window_s=0.5, abort_after_s=60.0)


def test_white_space_does_not_matter() -> None:
    """White space between tokens is optional; the text is kept in one spelling."""
    assert parse_objective("  cpu( api )  p95<80% ").labels == {"service": "api"}
    assert parse_objective("error_rate   <  1%").text == "error_rate < 1%"


@pytest.mark.parametrize(
    ("text", "what", "column", "alternative"),
    [
        ("", "no such metric", 1, "response"),
        ("latency < 2s", "no such metric: 'latency'", 1, "response"),
        ("leak(rss) == none", "no such metric: 'leak'", 1, "memory"),
        ("alert(Down) within 30s", "no such metric: 'alert'", 1, "recovery"),
        ("p95(respons) < 2s", "no such metric: 'respons'", 5, "response"),
        ("p94(response) < 2s", "no such metric: 'p94'", 1, "response"),
        ("response p94 < 2s", "no such aggregate: 'p94'", 10, "p95"),
        ("response < 2s", "response needs an aggregate", 10, "p95"),
        ("p95(error_rate) < 1%", "takes no p95", 1, ""),
        ("p95(response) < 2%", "cannot be in '%'", 18, "ms"),
        ("p95(response) < 2", "has no unit", 17, "ms"),
        ("error_rate < 1s", "cannot be in 's'", 15, "%"),
        ("lost_writes == 0%", "unexpected '%'", 17, ""),
        ("lost_writes == 3", "== is only for 0", 16, ""),
        ("error_rate == 0%", "cannot be compared by '=='", 12, "<"),
        ("error_rate > 1%", "cannot be compared by '>'", 12, "<"),
        ("availability < 99%", "cannot be compared by '<'", 14, ">"),
        ("availability >= 100%", "no number of samples", 17, ""),
        ("error_rate <= 0%", "no number of samples", 15, ""),
        ("recovery < 0s", "can never be below 0", 12, ""),
        ("p95(response) <= baseline * 1.15", "expected a number", 18, ""),
        ("p95(response) 2s", "expected a comparison", 15, "<"),
        ("p95(response){nam=x} < 2s", "no label 'nam'", 15, "name"),
        ("p95(response){fault=x} < 2s", "no label 'fault'", 15, "phase"),
        ("p95(response){name=} < 2s", "has no value", 20, ""),
        ("p95(response){name=a,name=b} < 2s", "given twice", 22, ""),
        ("p95(response){phase=loda} < 2s", "no such phase: 'loda'", 21, "load"),
        ("p95(response < 2s", "expected ')'", 14, ""),
        ("p95(response){name=a < 2s", "expected '}'", 26, ""),
        ("response(api) p95 < 2s", "takes no argument", 9, ""),
        ("memory max < 85%", "memory needs a service", 1, ""),
        ("memory(*) < 85%", "memory needs an aggregate", 11, "max"),
        ("lost_writes{name=a} == 0", "lost_writes has no labels", 13, ""),
        ("error_rate < 1% over 10s", "expected ','", 25, ""),
        ("error_rate < 1% over 0s, abort after 3s", "longer than 0", 22, ""),
        ("recovery < 1s over 10s, abort after 3s", "no stop condition", 15, ""),
        ("error_rate < 1% please", "unexpected 'please'", 17, ""),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_its_column(
    text: str, what: str, column: int, alternative: str
) -> None:
    """A wrong line raises UsageError with what, the column, and the valid alternatives."""
    with pytest.raises(UsageError) as caught:
        parse_objective(text)
    assert what in caught.value.what
    assert caught.value.where.endswith(f"column {column}")
    assert not alternative or alternative in caught.value.alternatives


def test_the_metrics_of_later_parts_are_not_offered() -> None:
    """The list of valid metrics names what this version can judge, nothing else."""
    with pytest.raises(UsageError) as caught:
        parse_objective("leak(rss{service=api}) == none")
    assert caught.value.alternatives == tuple(sorted(METRICS))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="p95(response){name=*} <>=%s.0123,over abort after cpu", max_size=60))
def test_no_line_ends_in_a_traceback(text: str) -> None:
    """Every text gives an Objective or a UsageError."""
    with contextlib.suppress(UsageError):
        assert parse_objective(text).metric in METRICS
