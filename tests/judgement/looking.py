"""Shorthands to look into the verdict on a built run."""

from gonogo.judgement import RunView, judge, judge_objective, parse_objective
from gonogo.vocabulary import Finding, Judgement, Verdict
from tests.run_builder import RunBuilder


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
    """The only judgement whose subject begins so."""
    (judgement,) = [each for each in verdict.judgements if each.subject.startswith(subject)]
    return judgement


def finding(verdict: Verdict, cause: str) -> Finding:
    """The first finding with this cause."""
    return next(each for each in verdict.findings if each.cause == cause)
