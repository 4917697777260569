"""The browser probe, on a real Chromium and pages of our own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gonogo.linux import RUN_VARIABLE, processes_of_run, signal_identity, wait_until
from gonogo.observation import EventLog, read_attachment, read_events
from gonogo.probes.browser import (
    Browser,
    BrowserLost,
    BrowserUnavailable,
    StateNotReached,
    StepFailed,
)
from gonogo.services import Redactor
from gonogo.vocabulary.events import Attachment, BrowserStepFinished, BrowserStepStarted
from tests.probes.site_server import Site, site

TEST = "journey/test_it.py::test_it"
SECRET = "s3cr3t-of-the-run"
GONE_S_MAX = 60.0  # on a busy machine
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    """The site."""
    with site() as made:
        yield made


@pytest.fixture(scope="module")
def address(served: Site) -> str:
    """Where it is served."""
    return served.address


class Probe:
    """A browser and what it recorded."""

    def __init__(self, run_dir: Path, address: str) -> None:
        self.run_dir = run_dir
        self._log = EventLog(run_dir, run_dir.name, "pytest", "test")
        redact = Redactor({"PASSWORD": SECRET})
        self.browser = Browser(address, run_dir, TEST, self._log, redact)

    def steps(self) -> list[BrowserStepFinished]:
        """The finished steps, in order."""
        return [event.what for event in read_events(self.run_dir).of(BrowserStepFinished)]

    def file(self, stored: Attachment | None) -> bytes:
        """An attachment of a step."""
        assert stored is not None
        data = read_attachment(self.run_dir, stored)
        assert data is not None
        return data

    def close(self) -> None:
        """End it."""
        self.browser.close()
        self._log.close()


@pytest.fixture
def probe(tmp_path: Path, address: str) -> Iterator[Probe]:
    """A browser of this test."""
    made = Probe(tmp_path / f"browser-test-{os.getpid()}", address)
    yield made
    made.close()


def test_a_journey_is_recorded_step_by_step(probe: Probe) -> None:
    """Each step has its event, address, console, a screenshot and a thumbnail; none a secret."""
    browser = probe.browser
    with browser.step("open the page"):
        browser.open("/good.html")
    with browser.step("fill the form"):
        browser.testid("name").type("a name")
        browser.testid("password").type(SECRET)
        browser.testid("kind").choose("fast")
    with browser.step("execute and watch"):
        browser.testid("execute").click()
        browser.testid("status").reads("^done: a name$")
        assert browser.testid("line").shown().texts[-1] == "at 100"
    browser.check_console()
    steps = probe.steps()
    assert [step.name for step in steps] == [
        "open the page",
        "fill the form",
        "execute and watch",
    ]
    assert [step.step for step in steps] == [1, 2, 3]
    for step in steps:
        assert step.outcome == "passed"
        assert step.error == ""
        assert step.url.endswith("/good.html")
        assert step.console == ()
        assert step.duration_s
        assert probe.file(step.screenshot).startswith(b"\x89PNG")
        assert probe.file(step.thumbnail).startswith(b"\xff\xd8")
        assert step.page_source is None
    started = read_events(probe.run_dir).of(BrowserStepStarted)
    assert [event.what.step for event in started] == [1, 2, 3]
    assert SECRET not in _everything(probe.run_dir)


def test_a_dead_button_is_named(probe: Probe) -> None:
    """The failure names the step, what was waited for and the screenshot."""
    browser = probe.browser
    with browser.step("open the page"):
        browser.open("/dead.html")

    def execute() -> None:
        browser.testid("execute").click()
        browser.testid("status").reads("done", timeout_s=0.5)

    failed = _failing(probe, execute)
    last = probe.steps()[-1]
    for text in ("step 2, act", "0.5 s for status to read /done/", "hidden"):
        assert text in failed
    assert last.screenshot is not None
    assert last.screenshot.path in failed
    assert last.outcome == "failed"
    assert probe.file(last.screenshot).startswith(b"\x89PNG")
    assert b'data-testid="execute"' in probe.file(last.page_source)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("/policy.html", "Content Security Policy"),
        ("/elsewhere.html", "ERR_NAME_NOT_RESOLVED"),
        ("/missing.html", "404"),
    ],
)
def test_an_error_on_the_console_fails_the_step(probe: Probe, page: str, said: str) -> None:
    """A policy violation, another host or a missing file fails a step that is right otherwise."""
    failed = _failing(probe, lambda: probe.browser.open(page))
    assert "the page reported an error" in failed
    assert said in failed
    (step,) = probe.steps()
    assert step.outcome == "failed"
    assert any(said in line.text and line.level == "SEVERE" for line in step.console)


def test_an_uncaught_error_fails_the_step(probe: Probe) -> None:
    """An exception in a handler fails the step with its message, though the page looks right."""
    browser = probe.browser
    with browser.step("open the page"):
        browser.open("/throws.html")

    def execute() -> None:
        browser.testid("execute").click()
        browser.testid("status").shown()

    assert "Uncaught Error: the answer had no job" in _failing(probe, execute)


def test_a_declared_error_is_no_failure(probe: Probe) -> None:
    """An expected console error is recorded, and the step passes."""
    browser = probe.browser
    with browser.step("open the page"):
        browser.open("/throws.html")
    with browser.step("execute", declared=("the answer had no job",)):
        browser.testid("execute").click()
        browser.testid("status").shown()
    line = probe.steps()[-1].console[0]
    assert line.declared
    assert line.source == "javascript"


def test_an_error_after_the_last_step_is_found(probe: Probe, served: Site) -> None:
    """A promise that is rejected after the last step still fails the journey."""
    with probe.browser.step("open the page"):
        probe.browser.open("/late.html")
    served.answer_slow.set()

    def check_console() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            probe.browser.check_console()

    with pytest.raises(StepFailed, match=r"after the last step.*SyntaxError"):
        check_console()


def test_a_page_that_never_loads(probe: Probe) -> None:
    """Opening a page that hangs fails at the limit, and the message names the page."""
    began = time.monotonic()
    failed = _failing(probe, lambda: probe.browser.open("/hang", timeout_s=1))
    assert "1 s at most for the page /hang to load" in failed
    assert time.monotonic() - began < 60
    assert probe.steps()[0].outcome == "failed"


def test_nothing_listens(tmp_path: Path) -> None:
    """A dead port fails the step at once, without waiting for the limit."""
    probe = Probe(tmp_path / f"browser-dead-{os.getpid()}", "http://127.0.0.1:99")
    try:
        failed = _failing(probe, lambda: probe.browser.open("/", timeout_s=60))
        assert "ERR_CONNECTION_REFUSED" in failed
    finally:
        probe.close()


def test_what_covers_a_button_gets_in_the_way(probe: Probe) -> None:
    """A covered button is clicked once, as soon as it is free."""
    browser = probe.browser
    with browser.step("open and click"):
        browser.open("/covered.html")
        browser.testid("execute").click()
        assert browser.testid("status").reads("^1$").text == "1"


def test_a_browser_killed_in_a_step_is_lost(probe: Probe) -> None:
    """SIGKILL of the browser is BrowserLost at once, not a failure of the page."""
    browser = probe.browser
    with browser.step("open the page"):
        browser.open("/dead.html")
    began = time.monotonic()

    def kill_and_wait() -> None:
        with browser.step("wait"):
            for identity in browser.driver.processes()[1:]:
                signal_identity(identity, signal.SIGKILL)
            browser.testid("status").shown(timeout_s=60)

    with pytest.raises(BrowserLost, match="step 2, wait"):
        kill_and_wait()
    assert time.monotonic() - began < 55
    assert probe.steps()[-1].outcome == "lost"


def test_an_interrupt_is_no_failure(probe: Probe) -> None:
    """Ctrl-C in a step is recorded as interrupted."""
    with pytest.raises(KeyboardInterrupt), probe.browser.step("wait"):
        raise KeyboardInterrupt
    assert probe.steps()[-1].outcome == "interrupted"


def test_a_mistake_in_the_scenario_keeps_its_trace(probe: Probe) -> None:
    """An error of the scenario itself is raised unchanged."""
    with pytest.raises(KeyError), probe.browser.step("look up"):
        raise KeyError("x")
    assert probe.steps()[-1].outcome == "failed"


def test_a_wait_has_its_limit(probe: Probe) -> None:
    """An absent element is waited for to the limit; the message says that it is absent."""
    with pytest.raises(StateNotReached, match=r"0\.2 s for nothing to show; last seen: absent"):
        probe.browser.testid("nothing").shown(timeout_s=0.2)


def test_closing_leaves_nothing(tmp_path: Path, address: str) -> None:
    """No process, no profile and no temporary directory remains."""
    before = set(Path("/tmp").glob("*hromium*"))  # noqa: S108 - where a browser leaves them
    probe = Probe(tmp_path / f"browser-close-{os.getpid()}", address)
    assert len(probe.browser.driver.processes()) > 3
    probe.close()
    assert processes_of_run(probe.run_dir.name) == []
    assert list((probe.run_dir / "state").iterdir()) == []
    assert set(Path("/tmp").glob("*hromium*")) == before  # noqa: S108


HOLDER = """
import sys, time
from pathlib import Path
from gonogo.services import Redactor
from gonogo.probes.browser import Browser
from gonogo.vocabulary import NoopRecorder
browser = Browser(sys.argv[2], Path(sys.argv[1]), "test", NoopRecorder(), Redactor({}))
print("ready", flush=True)
time.sleep(600)
"""


def test_nothing_outlives_a_killed_owner(tmp_path: Path, address: str) -> None:
    """SIGKILL of the process that started a browser ends driver and browser too."""
    run_dir = tmp_path / f"browser-kill-{os.getpid()}"
    run_dir.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(run_dir), address],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, RUN_VARIABLE: run_dir.name},
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        assert len(processes_of_run(run_dir.name)) > 4
        holder.kill()
    assert wait_until(lambda: processes_of_run(run_dir.name) == [], GONE_S_MAX)


def test_without_a_driver_it_says_what_to_install(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing program is named with its package, and nothing was started."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserUnavailable, match="apt-get install chromium chromium-driver"):
        Probe(tmp_path / "run", address)


def test_a_driver_that_does_not_start(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that ends at once is BrowserUnavailable with its output; nothing remains."""
    driver = tmp_path / "chromedriver"
    driver.write_text("#!/bin/sh\necho no library for this >&2\nexit 1\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    run_dir = tmp_path / f"browser-broken-{os.getpid()}"
    with pytest.raises(BrowserUnavailable, match="no library for this"):
        Probe(run_dir, address)
    assert processes_of_run(run_dir.name) == []


def _failing(probe: Probe, act: Callable[[], object]) -> str:
    """The message of a step that fails."""
    with pytest.raises(StepFailed) as failed, probe.browser.step("act"):
        act()
    return str(failed.value)


def _everything(run_dir: Path) -> str:
    files = [path for path in run_dir.rglob("*") if path.is_file() and "state" not in path.parts]
    return "".join(path.read_bytes().decode(errors="replace") for path in files)
