"""junit.xml: strict, complete, and without a failure only when the verdict is GO."""

import xml.etree.ElementTree as ET
from pathlib import Path

from gonogo_reports import render_all
from tests.reports.conftest import BUILDERS, Case, made
from tests.reports.strict_junit import check


def junit_of(name: str, folder: Path) -> ET.Element:
    """The checked root of one of the runs."""
    run_dir, verdict = made(name, folder)
    return check(render_all(run_dir, verdict)["junit.xml"].read_text())


def suite(root: ET.Element, name: str) -> list[ET.Element]:
    """The cases of a suite."""
    return list(next(each for each in root if each.get("name") == name))


def test_every_run_gives_a_strict_file(any_run: Case) -> None:
    """Jenkins' schema and GitLab's rules hold, hostile names and control characters included."""
    run_dir, verdict = any_run
    root = check(render_all(run_dir, verdict)["junit.xml"].read_text())
    bad = int(root.get("failures", "")) + int(root.get("errors", ""))
    assert bool(bad) == bool(verdict.exit_code)


def test_suites_are_the_verdict_the_phases_and_the_judgements(tmp_path: Path) -> None:
    """There is one suite for each phase and for each kind of judgement."""
    names = [each.get("name") for each in junit_of("GO", tmp_path)]
    phases = [f"phase {name}" for name in ("contract", "load", "faults", "ledger")]
    assert names == ["verdict", *phases, "objectives", "invariants", "faults"]


def test_a_failed_objective_shows_observed_interval_n_limit_and_margin(tmp_path: Path) -> None:
    """The text of a failure is enough to act on."""
    cases = suite(junit_of("NO-GO", tmp_path), "objectives")
    rate = next(case for case in cases if case.get("name") == "error_rate < 1%")
    failure = rate[0]
    assert (failure.tag, failure.get("type")) == ("failure", "FAIL")
    lines = dict(line.split(": ", 1) for line in (failure.text or "").strip().split("\n"))
    assert lines["observed"] == "25\u00a0%"
    assert lines["n"] == "1200"
    assert lines["limit"] == "< 1\u00a0%"
    assert lines["margin"] == "-2400\u00a0%"
    assert lines["interval"].startswith("22.")


def test_inconclusive_is_an_error_of_that_type(tmp_path: Path) -> None:
    """A fault that did not bite is neither passed nor failed."""
    case = suite(junit_of("INCONCLUSIVE", tmp_path), "faults")[0]
    assert (case[0].tag, case[0].get("type")) == ("error", "INCONCLUSIVE")
    assert "state S" in str(case[0].get("message"))


def test_a_test_that_claimed_nothing_is_an_error(tmp_path: Path) -> None:
    """A test that is INCONCLUSIVE is not green in the list of a pipeline."""
    cases = suite(junit_of("INCONCLUSIVE", tmp_path), "phase contract")
    silent = next(case for case in cases if case.get("name") == "test_silent")
    assert (silent[0].tag, silent[0].get("type")) == ("error", "INCONCLUSIVE")


def test_characters_xml_forbids_are_stripped(tmp_path: Path) -> None:
    """A NUL and an escape in a test's name do not make the file unreadable."""
    cases = suite(junit_of("NO-GO", tmp_path), "phase contract")
    assert "test_<script>alert(1)</script>[31m|`*@you" in [case.get("name") for case in cases]


def test_the_same_test_twice_has_two_names(tmp_path: Path) -> None:
    """A second attempt gets a number, because GitLab keeps only the first of equal names."""
    builder = BUILDERS["GO"](tmp_path / "run")
    for at_s in (3.0, 4.0):
        builder.test("contract/test_a.py::test_a", at_s=at_s)
    builder.test("contract/test_a.py::test_a (attempt 2)", at_s=5.0)
    run_dir = builder.write()
    _, verdict = made("GO", tmp_path)
    root = check(render_all(run_dir, verdict)["junit.xml"].read_text())
    names = [case.get("name") for case in suite(root, "phase contract")]
    wanted = ["test_a", "test_a (attempt 2)", "test_a (attempt 2) #2"]
    assert [name for name in names if "test_a" in str(name)] == wanted
