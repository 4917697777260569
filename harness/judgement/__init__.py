"""The judge: objectives, intervals, invariants and the verdict, out of a run directory alone."""

from harness.judgement._books import Books
from harness.judgement._fault_window import FaultWindow
from harness.judgement._grammar import parse_objective
from harness.judgement._guard import StopMonitor, StopWatch, Violation
from harness.judgement._judge import judge, judge_view, verdict_as_dict
from harness.judgement._load import Load
from harness.judgement._metrics import AGGREGATES, METRICS
from harness.judgement._objectives import judge_objective
from harness.judgement._recovery_split import RecoverySplit, recovery_splits
from harness.judgement._requests import Requests
from harness.judgement._run_view import RunView, Window
from harness.judgement._sample_size import Undecidable, samples_needed, undecidable
from harness.judgement._users import users_at_once

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
