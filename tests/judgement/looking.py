"""Short functions to read the verdict on a built run."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gonogo.judgement import (
    RunView,
    StopConditionEvaluator,
    Violation,
    judge,
    judge_objective,
    parse_objective,
)
from gonogo.observation import EventTail
from gonogo.observation.records import LoadRecords, read_records
from gonogo.vocabulary import Finding, Judgement, Verdict
from tests.run_builder import RunBuilder, ns


def verdict_on(builder: RunBuilder) -> Verdict:
    """Write the run and judge it."""
    return judge(builder.write())


def objective_on(builder: RunBuilder, text: str) -> list[Judgement]:
    """Write the run and judge one objective on it."""
    return judge_objective(RunView.load(builder.write()), parse_objective(text))


def one_on(builder: RunBuilder, text: str) -> Judgement:
    """The only judgement of an objective."""
    (judgement,) = objective_on(builder, text)
    return judgement


def about(verdict: Verdict, subject: str) -> Judgement:
    """The only judgement whose subject begins with this text."""
    (judgement,) = [each for each in verdict.judgements if each.subject.startswith(subject)]
    return judgement


def finding(verdict: Verdict, cause: str) -> Finding:
    """The first finding with this cause."""
    return next(each for each in verdict.findings if each.cause == cause)


def violations_on(builder: RunBuilder, text: str) -> list[Violation]:
    """The result of an objective's stop condition in the first second in which it holds."""
    return next((found for _, found in replayed(builder, text) if found), [])


def replayed(
    builder: RunBuilder, text: str, until_s: float = 75.0
) -> Iterator[tuple[float, list[Violation]]]:
    """The results of the stop conditions in each second of the run, given only the new evidence."""
    run_dir = builder.write()
    events = list(EventTail(run_dir).new_events())
    loads = read_records(run_dir)
    evaluator = StopConditionEvaluator([parse_objective(text), parse_objective("error_rate < 1%")])
    before_ns = 0
    for second in range(int(until_s)):
        now_ns = ns(second)
        new = [event for event in events if before_ns < event.mono_ns <= now_ns]
        fresh = [_between(load, before_ns, now_ns) for load in loads if _begun(load, now_ns)]
        yield second, evaluator.update(new, fresh, now_ns)
        before_ns = now_ns


def _between(load: LoadRecords, after_ns: int, until_ns: int) -> LoadRecords:
    done_ns = load.records["done_ns"]
    return replace(load, records=load.records[(done_ns > after_ns) & (done_ns <= until_ns)])


def _begun(load: LoadRecords, now_ns: int) -> bool:
    return bool(np.min(load.schedule["intended_ns"]) <= now_ns)
