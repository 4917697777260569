"""Page objects of the dashboard: what a user does on each page."""

from collections.abc import Collection, Mapping

from gonogo.probes.browser import Browser, Element, ElementState
from scenarios.jobs import ENDED

CONNECTED_S_MAX = 15.0  # from the login until the page has its WebSocket


class Login:
    """The login form."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def open(self) -> None:
        """Open the site without a login."""
        self._browser.open("/")
        self._browser.testid("login-email").shown()

    def submit(self, email: str, password: str) -> None:
        """Fill in the form and send it."""
        self._browser.testid("login-email").type(email)
        self._browser.testid("login-password").type(password)
        self._browser.testid("login-submit").click()


class Dashboard:
    """The dashboard after a login."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def connected(self) -> None:
        """Wait until it is shown and its WebSocket is connected."""
        self._browser.testid("dashboard").shown()
        self._browser.testid("connection-state").wait(
            "be connected", lambda seen: seen.data["state"] == "connected", CONNECTED_S_MAX
        )

    def tab(self, name: str) -> None:
        """Go to a tab."""
        self._browser.testid(f"tab-{name}").click()
        self._browser.testid(f"{name}-content").shown()

    def error(self, kind: str) -> ElementState:
        """Wait for an error message of this kind."""
        return self._browser.element(
            f'[data-testid="error-message"][data-kind="{kind}"]', f"error-message of kind {kind}"
        ).shown()

    @property
    def errors(self) -> Element:
        """Every error message."""
        return self._browser.testid("error-message")


class Execution:
    """A job that was started on a tab, as that tab shows it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def started(self, known: Collection[str] = ()) -> str:
        """Wait until a job that is not ``known`` is shown; its id."""

        def named(seen: ElementState) -> bool:
            return bool(seen.data["jobId"]) and seen.data["jobId"] not in known

        return self._status().wait("name its job", named).data["jobId"]

    def watch(self, timeout_s: float) -> list[float]:
        """Wait until the job has ended; every progress value that was shown."""
        shown: list[float] = []

        def ended(seen: ElementState) -> bool:
            shown.append(float(seen.data["value"]))
            status = self._status().look()
            return status is not None and status.data["status"] in ENDED

        self._browser.testid("execution-progress").wait("reach its end", ended, timeout_s)
        last = self._browser.testid("execution-progress").shown()
        return [*shown, float(last.data["value"])]

    def status(self) -> str:
        """The state the job is shown in."""
        return self._status().shown().data["status"]

    def log(self) -> tuple[str, ...]:
        """Wait for lines in the job's log; the lines."""
        return self._browser.testid("log-entry").shown().texts

    def _status(self) -> Element:
        return self._browser.testid("execution-status")


class Scripts(Execution):
    """The tab on which scripts are started and watched."""

    def fill(self, script: str, values: Mapping[str, str]) -> None:
        """Choose a script and fill in its form."""
        self._browser.testid("script-selector").choose(script)
        for name, value in values.items():
            self._browser.testid(f"param-{name}").type(value)

    def execute(self) -> None:
        """Press the button."""
        self._browser.testid("execute-button").click()


class Sync(Execution):
    """The tab for a sync of the whole feed to the shop, with its history."""

    def start(self) -> None:
        """Press the button."""
        self._browser.testid("sync-button").click()

    def ended(self, job: str, timeout_s: float) -> ElementState:
        """Wait until the run in the history says that it has ended."""
        return _ended(_row(self._browser, "sync-row", job), timeout_s)


class Jobs:
    """The tab with the list of all jobs."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def row(self, job: str) -> ElementState:
        """Wait for the row of a job."""
        return _row(self._browser, "job-row", job).shown()

    def ended(self, job: str, timeout_s: float) -> ElementState:
        """Wait until the row of a job says that it has ended."""
        return _ended(_row(self._browser, "job-row", job), timeout_s)


def _ended(row: Element, timeout_s: float) -> ElementState:
    return row.wait("say that it ended", lambda seen: seen.data["status"] in ENDED, timeout_s)


def _row(browser: Browser, testid: str, job: str) -> Element:
    selector = f'[data-testid="{testid}"][data-job-id="{job}"]'
    return browser.element(selector, f"the row of job {job[:12]}")


def log_in(browser: Browser, account: Mapping[str, str]) -> Dashboard:
    """Log in with this account."""
    page, dashboard = Login(browser), Dashboard(browser)
    with browser.step("open the site"):
        page.open()
    with browser.step("log in"):
        page.submit(account["email"], account["password"])
        dashboard.connected()
    return dashboard
