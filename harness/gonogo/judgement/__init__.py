"""Judgement: objectives, intervals, invariants and the verdict, out of a run directory alone."""

from gonogo.judgement.aggregates import AGGREGATES
from gonogo.judgement.books import Books
from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.grammar import parse_objective
from gonogo.judgement.load_view import Load
from gonogo.judgement.metric import (
    AT_LEAST,
    AT_MOST,
    LiveValue,
    Metric,
    MetricSpec,
    NoopMetric,
    SampleSize,
    WatchableMetric,
)
from gonogo.judgement.metrics import METRICS
from gonogo.judgement.objectives import judge_objective
from gonogo.judgement.recovery_split import RecoverySplit, recovery_splits
from gonogo.judgement.requests import Requests
from gonogo.judgement.run_view import RunView, Window
from gonogo.judgement.sample_size import samples_needed, undecidable
from gonogo.judgement.stop_conditions import (
    StopConditionEvaluator,
    StopConditionMonitor,
    Violation,
)
from gonogo.judgement.users_at_once import users_at_once
from gonogo.judgement.verdict import judge, judge_view, verdict_as_dict

__all__ = [
    "AGGREGATES",
    "AT_LEAST",
    "AT_MOST",
    "Books",
    "FaultWindow",
    "LiveValue",
    "Load",
    "METRICS",
    "Metric",
    "MetricSpec",
    "NoopMetric",
    "RecoverySplit",
    "Requests",
    "RunView",
    "SampleSize",
    "StopConditionEvaluator",
    "StopConditionMonitor",
    "Violation",
    "WatchableMetric",
    "Window",
    "judge",
    "judge_objective",
    "judge_view",
    "parse_objective",
    "recovery_splits",
    "samples_needed",
    "undecidable",
    "users_at_once",
    "verdict_as_dict",
]
