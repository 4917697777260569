"""run.json: the report for programs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from gonogo.judgement import judge
from gonogo.vocabulary import Outcome
from gonogo.vocabulary.events import FigureRow, LoadFiguresReported
from gonogo_reports import render_all
from tests.closed_load import ClosedLoad
from tests.reports.conftest import Case, made
from tests.run_builder import go_builder

KEYS = [
    "schema", "verdict", "run", "judgements", "findings", "phases", "faults", "loads", "services",
    "tests", "journeys", "notes", "attachments", "unreadable", "system",
]  # fmt: skip


def document_of(name: str, folder: Path) -> dict[str, Any]:
    """The document of one of the runs."""
    run_dir, verdict = made(name, folder)
    loaded: dict[str, Any] = json.loads(render_all(run_dir, verdict)["run.json"].read_text())
    return loaded


def test_the_keys_stand_in_a_fixed_order_under_a_named_schema(any_run: Case) -> None:
    """A reader can rely on the version and, in a diff, on the order."""
    run_dir, verdict = any_run
    document = json.loads(render_all(run_dir, verdict)["run.json"].read_text())
    assert list(document) == KEYS
    assert document["schema"] == "gonogo.run/1"
    assert document["verdict"]["word"] == verdict.word
    assert document["verdict"]["exit_code"] == int(verdict.exit_code)


def test_judgements_come_worst_first_and_none_is_lost(tmp_path: Path) -> None:
    """FAIL, INCONCLUSIVE, PASS; within FAIL the objectives first, smallest margin first."""
    run_dir, verdict = made("NO-GO", tmp_path)
    judged = json.loads(render_all(run_dir, verdict)["run.json"].read_text())["judgements"]
    ranks = [["FAIL", "INCONCLUSIVE", "PASS"].index(j["result"]) for j in judged]
    assert ranks == sorted(ranks)
    assert len(judged) == len(verdict.judgements)
    failed = [j["margin"] for j in judged if j["result"] == "FAIL" and j["margin"] is not None]
    assert failed == sorted(failed)


def test_the_books_of_a_load_add_up_and_its_percentiles_are_exact(tmp_path: Path) -> None:
    """300 of 1,200 requests timed out: they are counted, and they are the upper quarter."""
    steady = document_of("NO-GO", tmp_path)["loads"][0]
    books = steady["books"]
    assert books == {
        "scheduled": 1200, "not_due": 0, "due": 1200, "ok": 900, "failed": 0, "timed_out": 300,
        "in_flight": 0, "dropped": 0, "closed": True,
    }  # fmt: skip
    assert steady["from_intended"] == {
        "n": 1200, "p50_s": 0.02, "p90_s": 10.0, "p95_s": 10.0, "p99_s": 10.0, "max_s": 10.0,
    }  # fmt: skip
    assert steady["from_sent"]["p50_s"] == 0.019
    assert steady["generator_lag"]["max_s"] == 0.001
    assert [o["failed"] for o in steady["operations"]] == [150, 150]


def test_a_fault_keeps_its_times_and_both_proofs(tmp_path: Path) -> None:
    """Intent, armed, observed, healed, absent in seconds of the run, with the evidence."""
    fault = document_of("GO", tmp_path)["faults"][0]
    keys = ("intent_s", "armed_s", "observed_s", "healed_s", "absent_s")
    assert [fault[key] for key in keys] == [35.99, 36.0, 36.1, 39.0, 39.2]
    assert fault["bite"] == {"proven": True, "evidence": "pid 412 in state T", "waited_s": 0.1}
    assert fault["absence"]["proven"] is True
    recovery = fault["recovery"]
    assert (recovery["healed_after_s"], recovery["recovered_after_s"]) == (3.0, 0.0)
    assert (recovery["noticed_after_s"], recovery["noticed_by"]) == (None, "")


def test_a_service_that_died_is_counted_down_and_restarted(tmp_path: Path) -> None:
    """A service that a fault killed and that crashed once was down twice and restarted twice."""
    document = document_of("NO-GO", tmp_path)
    store = next(s for s in document["services"] if s["service"] == "store")
    assert (store["times_down"], store["restarts"], store["last_state"]) == (2, 2, "stopped")
    assert "Out of memory" in next(s["log_tail"] for s in store["states"] if s["log_tail"])
    assert store["resources"]["cpu_percent_max"] == 20.0


def test_a_killed_run_shows_what_was_open(tmp_path: Path) -> None:
    """The phase has no end, the test is unfinished, the writer is named, later phases are null."""
    document = document_of("killed", tmp_path)
    assert document["run"]["complete"] is False
    assert document["run"]["killed_writers"] == ["harness"]
    assert [t["outcome"] for t in document["tests"]] == ["unfinished"]
    assert [p["started_s"] for p in document["phases"]] == [0.4, None, None, None]
    assert document["phases"][0]["finished_s"] is None


def test_what_was_not_tested_and_what_was_accepted_are_notes(tmp_path: Path) -> None:
    """They are in every report, with their time where there is one."""
    notes = document_of("NO-GO", tmp_path)["notes"]
    text = "clock skew: no <kernel> support"
    assert {"at_s": 6.0, "kind": "not_tested", "text": text} in notes


def test_the_judge_can_think_worse_of_a_test_than_pytest(tmp_path: Path) -> None:
    """A test that passed without an expectation is shown as INCONCLUSIVE."""
    tests = document_of("INCONCLUSIVE", tmp_path)["tests"]
    silent = next(test for test in tests if "silent" in test["test"])
    assert (silent["outcome"], silent["result"]) == ("passed", "INCONCLUSIVE")
    assert "stated no expectation" in silent["reason"]


def test_a_closed_model_load_stands_beside_its_tool_and_the_open_model(tmp_path: Path) -> None:
    """Statistics of the tool, ours of the same requests, and the open model's, by operation."""
    builder, load = go_builder(tmp_path / "run-1"), ClosedLoad(failing={10: Outcome.IN_FLIGHT})
    load.tell(builder)
    row = FigureRow(
        "Aggregated", requests=90, failures=0, rps=6.04, max_ms=30, p50_ms=20, p95_ms=21, p99_ms=22
    )
    rows = (row, replace(row, name="health"))
    builder.event(LoadFiguresReported(load="closed", tool="Locust 2", rows=rows), 77.5)
    run_dir = builder.write()
    load.write(run_dir)
    loads = json.loads(render_all(run_dir, judge(run_dir))["run.json"].read_text())["loads"]
    assert [each["load"] for each in loads if each["closed_model"]] == ["closed"]
    part = loads[-1]["closed_model"]
    assert (part["users"], part["users_at_once"], part["tool"]) == (50, 50, "Locust 2")
    everything, health, write, login = part["comparison"]
    assert [each["name"] for each in part["comparison"]] == ["all", "health", "write", "login"]
    assert everything["tool"] == {
        "requests": 90, "failures": 0, "p50_s": 0.02, "p95_s": 0.021, "p99_s": 0.022, "per_s": 6.0,
    }  # fmt: skip
    assert everything["exact"]["failures"] == everything["exact"]["requests"] // 10
    assert everything["exact"]["p50_s"] == 0.019
    assert everything["open"]["requests"] == 1200
    assert health["tool"]["requests"] == 90
    assert write["tool"] is None
    assert (login["exact"]["requests"], login["open"]) == (50, None)
    html = (run_dir / "report.html").read_text()
    assert "Locust 2, its own report" in html
    assert "coordinated omission" in html
