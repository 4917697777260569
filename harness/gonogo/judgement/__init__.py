"""The judge: objectives, intervals, invariants and the verdict, out of a run directory alone."""

from gonogo.judgement.books import Books
from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.grammar import parse_objective
from gonogo.judgement.judging import judge, judge_view, verdict_as_dict
from gonogo.judgement.load_view import Load
from gonogo.judgement.metrics import AGGREGATES, METRICS
from gonogo.judgement.objectives import judge_objective
from gonogo.judgement.recovery_split import RecoverySplit, recovery_splits
from gonogo.judgement.requests import Requests
from gonogo.judgement.run_view import RunView, Window
from gonogo.judgement.sample_size import Undecidable, samples_needed, undecidable
from gonogo.judgement.stop_conditions import StopMonitor, StopWatch, Violation
from gonogo.judgement.users import users_at_once

__all__ = [
    "AGGREGATES",
    "Books",
    "FaultWindow",
    "Load",
    "METRICS",
    "RecoverySplit",
    "Requests",
    "RunView",
    "StopMonitor",
    "StopWatch",
    "Undecidable",
    "Violation",
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
