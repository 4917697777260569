"""Every test has an event with its outcome, however it ends; expectations are recorded first."""

import textwrap

import pytest

from gonogo.vocabulary.events import (
    ExpectationChecked,
    Note,
    TestFinished,
    TestStarted,
    WriterClosed,
)
from tests.plugin.conftest import Phase, Runner

ENDS = """
    pytestmark = pytest.mark.phase("contract")

    @pytest.fixture
    def broken_before():
        raise RuntimeError("broken before")

    @pytest.fixture
    def broken_after():
        yield
        raise RuntimeError("broken after")

    def test_passes(expect):
        expect.equal("two", 1 + 1, 2)
        expect.true("truth", True, observed="seen")
        expect.at_most("few", 2, 3)

    def test_claims_nothing(expect): pass

    def test_fails(expect):
        expect.true("fine so far", True)
        expect.equal("the answer", {"answer": 41}, {"answer": 42})
        expect.true("never reached", True)

    def test_too_many(expect):
        expect.at_most("latency", 3.5, 2.0)

    def test_a_library_s_number(expect):
        import numpy
        expect.at_most("latency", numpy.float64(3.5), 2.0)

    def test_verbose(expect):
        expect.equal("huge", "x" * 5000, "")

    def test_asserts(expect):
        assert "plain" == "assertion"

    def test_setup_error(expect, broken_before): pass

    def test_teardown_error(expect, broken_after):
        expect.true("it held", True)

    def test_both(expect, broken_after):
        expect.true("it held", False)

    def test_skips(expect):
        expect.true("before it skips", True)
        pytest.skip("not on this kernel")

    def test_skips_and_breaks(expect, broken_after):
        pytest.skip("not on this kernel")

    @pytest.mark.skip(reason="marked")
    def test_never_begun(expect): pass

    def test_long_message(expect):
        pytest.fail("m" * 100_000)
"""


@pytest.fixture(scope="module")
def ended(started: tuple, tmp_path_factory: pytest.TempPathFactory) -> Phase:
    """One phase with a test for each way to end."""
    return Runner(*started, tmp_path_factory.mktemp("ends")).phase(ENDS)


def test_every_end_has_its_outcome(ended: Phase) -> None:
    """Failures of a call are failed, of set-up and teardown error; a skip is a skip."""
    assert ended.code == pytest.ExitCode.TESTS_FAILED
    assert ended.outcomes() == {
        "test_passes": "passed",
        "test_claims_nothing": "passed",
        "test_fails": "failed",
        "test_too_many": "failed",
        "test_a_library_s_number": "failed",
        "test_verbose": "failed",
        "test_asserts": "failed",
        "test_setup_error": "error",
        "test_teardown_error": "error",
        "test_both": "failed",
        "test_skips": "skipped",
        "test_skips_and_breaks": "error",
        "test_never_begun": "skipped",
        "test_long_message": "failed",
    }


def test_every_start_has_one_end(ended: Phase) -> None:
    """Each test is one attempt: started once, finished once, in the phase it ran in."""
    starts = [event.what for event in ended.of(TestStarted)]
    ends = [event.what for event in ended.of(TestFinished)]
    assert [each.test for each in starts] == [each.test for each in ends]
    assert {event.what.phase for event in ended.events.of(TestStarted, TestFinished)} == {
        "contract"
    }


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("test_fails", "the answer: observed {'answer': 41}, expected {'answer': 42}"),
        ("test_too_many", "latency: observed 3.5, expected '<= 2.0'"),
        ("test_asserts", "plain"),
        ("test_setup_error", "broken before"),
        ("test_teardown_error", "broken after"),
        ("test_both", "it held"),
        ("test_skips", "not on this kernel"),
        ("test_skips_and_breaks", "broken after"),
        ("test_never_begun", "marked"),
    ],
)
def test_the_message_says_why(ended: Phase, test: str, words: str) -> None:
    """The message of a test that did not pass holds its reason."""
    assert words in str(ended.finished(test).message)


def test_a_message_is_bounded(ended: Phase) -> None:
    """A message of 100,000 characters is cut to a few thousand."""
    assert 1000 < len(str(ended.finished("test_long_message").message)) <= 6000


@pytest.mark.parametrize(
    ("test", "count"),
    [
        ("test_passes", 3), ("test_claims_nothing", 0), ("test_fails", 2), ("test_skips", 1),
        ("test_setup_error", 0), ("test_teardown_error", 1), ("test_never_begun", 0),
    ],
)  # fmt: skip
def test_expectations_are_counted(ended: Phase, test: str, count: int) -> None:
    """The number of expectations is recorded, so that lost events and silence are visible."""
    assert ended.finished(test).expectations == count
    recorded = [event.what.test for event in ended.of(ExpectationChecked)]
    assert sum(name.endswith(f"::{test}") for name in recorded) == count


def test_expectations_are_events_before_they_fail(ended: Phase) -> None:
    """The failed expectation is in the log before the end of the test, and is the last one."""
    claims = [event for event in ended.of(ExpectationChecked) if "test_fails" in event.what.test]
    assert [(event.what.claim, event.what.passed) for event in claims] == [
        ("fine so far", True),
        ("the answer", False),
    ]
    assert claims[1].what.observed == "{'answer': 41}"
    (end,) = [e for e in ended.of(TestFinished) if e.what.test.endswith("::test_fails")]
    assert claims[1].mono_ns < end.mono_ns


def test_what_does_not_hold_is_false(ended: Phase) -> None:
    """Whatever type a comparison has: the text "False" would be true to its reader."""
    claims = {event.what.test.rpartition("::")[2]: event for event in ended.of(ExpectationChecked)}
    assert claims["test_a_library_s_number"].what.passed is False


def test_another_plugins_outcome_is_reported_as_it_is(runner: Runner) -> None:
    """A failure that is retried is not a pass."""
    again = """
        pytestmark = pytest.mark.phase("contract")

        def test_flaky(expect):
            expect.true("it held", True)
            assert False
    """
    plugin = """
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            report = yield
            if report.failed:
                report.outcome = "rerun"
            return report
    """
    (runner.folder / "again.py").write_text(textwrap.dedent(plugin))
    done = runner.phase(again, "-p", "again")
    assert done.outcomes() == {"test_flaky": "rerun"}


def test_evidence_is_bounded(ended: Phase) -> None:
    """A long observed value is shortened, and its length is shown."""
    (claim,) = [e.what for e in ended.of(ExpectationChecked) if "test_verbose" in e.what.test]
    assert len(claim.observed) < 400
    assert "5002 characters" in claim.observed


def test_the_event_file_is_closed(ended: Phase) -> None:
    """A pytest process that ended by itself closes its event file."""
    assert isinstance(ended.events[-1].what, WriterClosed)
    assert ended.events[-1].writer.startswith("pytest-contract")


CRASH = """
    pytestmark = pytest.mark.phase("contract")

    def test_dies(expect):
        expect.true("alive until now", True)
        os.kill(os.getpid(), 9)

    def test_lives(expect):
        expect.true("another worker ran it", True)
"""


def test_a_worker_that_is_killed(runner: Runner) -> None:
    """A test whose xdist worker is killed is an error with its expectations so far; others run."""
    done = runner.phase(CRASH, "-n", "2", "--dist", "worksteal")
    assert done.code == pytest.ExitCode.TESTS_FAILED, done.output
    assert done.outcomes() == {"test_dies": "error", "test_lives": "passed"}
    assert "crashed" in str(done.finished("test_dies").message)
    claims = {event.what.claim: event.writer for event in done.of(ExpectationChecked)}
    assert set(claims) == {"alive until now", "another worker ran it"}
    closed = {event.writer for event in done.of(WriterClosed)}
    assert claims["alive until now"] not in closed, "the killed worker's file stays open"
    assert any("-gw" not in writer for writer in closed), "the controlling process closes its own"
    assert any("died" in event.what.text for event in done.of(Note))


def test_a_test_that_ends_the_process(runner: Runner) -> None:
    """A phase whose process is killed leaves a start without an end and an open file."""
    done = runner.phase(CRASH.replace("def test_lives", "def test_later"))
    assert done.code == -9
    assert done.outcomes() == {}
    assert len(done.of(TestStarted)) == 1
    assert done.of(WriterClosed) == []


ALONE = """
    def test_system(system): pass
    def test_expect(expect): pass
    def test_faults(faults): pass
    def test_load(load): pass
"""


def test_a_scenario_needs_a_run(runner: Runner) -> None:
    """Without a run each fixture says how to start scenarios, and nothing is recorded."""
    done = runner.pytest(ALONE, "-rN")  # a pipeline's summary would repeat every message
    assert done.code == pytest.ExitCode.TESTS_FAILED
    assert "4 errors" in done.output
    assert done.output.count("hint:  start scenarios by `gonogo run`") == 4
    assert not done.events


SURROGATES = r"""
    pytestmark = pytest.mark.phase("contract")

    def test_name(expect):
        expect.true("it ran", True)
        raise AssertionError("bad name \udcff here")
"""


@pytest.mark.parametrize("workers", [("-n", "2"), ()])
def test_a_failure_whose_text_is_no_utf_8(runner: Runner, workers: tuple[str, ...]) -> None:
    """A lone surrogate in the message: the test failed, in a worker and without one."""
    plugins = ("-p", "pytest_metadata.plugin", "-p", "pytest_html.plugin")
    pages = ("--html=page.html", "--self-contained-html", "--junitxml=junit.xml")
    done = runner.phase(SURROGATES, *workers, *plugins, *pages)
    assert done.outcomes() == {"test_name": "failed"}, done.output
    assert r"bad name \udcff here" in done.finished("test_name").message
    assert done.code == pytest.ExitCode.TESTS_FAILED, done.output
