"""One WebDriver session: the only module that imports selenium.

It is imported when the first browser starts, not before: every pytest process of a run would
pay a quarter of a second for it.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from selenium.common.exceptions import (
    InvalidSessionIdException,
    NoSuchWindowException,
    WebDriverException,
)
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.proxy import Proxy
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from urllib3.exceptions import HTTPError

from gonogo.probes.browser.errors import BrowserLost, PageNotReady
from gonogo.probes.browser.programs import BrowserUnavailable

WIDTH_PX, HEIGHT_PX = 1280, 800
LOAD_S_MAX = 10.0  # for a navigation that a click started
SCRIPT_S_MAX = 5.0  # a page that does not answer a one-line script is hung
COMMAND_S_MAX = 30.0  # longer than the limits above: then the driver itself hangs
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-breakpad", "--no-proxy-server", "--lang=en-US",
    # Saves a fifth of the processor time of a short journey: drawing without a GPU, and preloaded
    # pages of the browser itself.
    "--disable-gpu", "--disable-software-rasterizer", "--disable-features=PreloadTopChromeWebUI",
    # Debugging by a pipe instead of a port: the browser ends when its driver does.
    "--remote-debugging-pipe",
)  # fmt: skip
_LOST = ("disconnected", "not connected", "chrome not reachable", "session deleted")


class Session:
    """A browser with one empty page.

    Args:
        driver_port: where its driver listens on loopback.
        chromium: path of the browser.
        home: directory of the driver; the profile is made in it.
        host: the only host whose name is resolved; requests to others fail visibly.

    Every method raises BrowserLost when the browser has ended, and PageNotReady when the page is
    not in a state in which this can be done now.

    Raises:
        BrowserUnavailable: the browser did not start.
    """

    def __init__(self, driver_port: int, chromium: str, home: Path, host: str) -> None:
        options = Options()
        options.binary_location = chromium
        for flag in _FLAGS:
            options.add_argument(flag)
        options.add_argument(f"--user-data-dir={home / 'profile'}")
        options.add_argument(f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {host}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # The driver waits for a running navigation before it does anything else.
        limits_s = {"pageLoad": LOAD_S_MAX, "script": SCRIPT_S_MAX, "implicit": 0}
        options.timeouts = {name: int(limit * 1000) for name, limit in limits_s.items()}
        url = f"http://127.0.0.1:{driver_port}"
        config = ClientConfig(
            remote_server_addr=url,
            timeout=int(COMMAND_S_MAX),
            proxy=Proxy({"proxyType": "DIRECT"}),
            init_args_for_pool_manager={"init_args_for_pool_manager": {"retries": False}},
        )
        connection = ChromeRemoteConnection(remote_server_addr=url, client_config=config)
        try:
            self._driver = WebDriver(command_executor=connection, options=options)
        except (WebDriverException, HTTPError) as error:
            raise BrowserUnavailable(f"the browser did not start: {_first_line(error)}") from error
        # A window's size includes its frame; tests rely on the size of the page.
        page = {"width": WIDTH_PX, "height": HEIGHT_PX, "deviceScaleFactor": 1, "mobile": False}
        self._devtools("Emulation.setDeviceMetricsOverride", page)
        self.console()  # drop the lines of the browser's own first page

    def get(self, url: str, timeout_s: float) -> None:
        """Open a page; PageNotReady when it does not load in time or nothing answers."""
        with _errors_translated():
            self._driver.set_page_load_timeout(timeout_s)
            try:
                self._driver.get(url)
            finally:
                self._driver.set_page_load_timeout(LOAD_S_MAX)

    def script(self, source: str, *arguments: Any) -> Any:
        """Run a script in the page; returns its result."""
        with _errors_translated():
            return self._driver.execute_script(source, *arguments)

    def click(self, selector: str) -> None:
        """Click the element as a user does: an element that covers it prevents that."""
        with _errors_translated():
            self._element(selector).click()

    def type(self, selector: str, text: str) -> None:
        """Replace the element's text, key by key."""
        with _errors_translated():
            element = self._element(selector)
            element.send_keys(Keys.CONTROL + "a")
            element.send_keys(Keys.DELETE)
            element.send_keys(text)

    def choose(self, selector: str, value: str) -> None:
        """Choose the option with this value in a ``select`` element."""
        with _errors_translated():
            Select(self._element(selector)).select_by_value(value)

    def _element(self, selector: str) -> WebElement:
        return self._driver.find_element(By.CSS_SELECTOR, selector)

    @property
    def url(self) -> str:
        """Address of the page."""
        return str(self.script("return location.href"))

    def source(self) -> str:
        """The HTML of the page's current document."""
        return str(self.script("return document.documentElement.outerHTML"))

    def console(self) -> list[Any]:
        """The console's entries since the last call."""
        with _errors_translated():
            entries: list[Any] = self._driver.execute("getLog", {"type": "browser"})["value"]
            return entries

    def screenshot(self) -> bytes:
        """The visible part of the page as PNG."""
        return self._capture({"format": "png"})

    def thumbnail(self, scale: float) -> bytes:
        """The visible part of the page, scaled down, as JPEG."""
        clip = {"x": 0, "y": 0, "width": WIDTH_PX, "height": HEIGHT_PX, "scale": scale}
        top = self.script("return [window.scrollX, window.scrollY]")
        clip |= {"x": top[0], "y": top[1]}
        return self._capture({"format": "jpeg", "quality": 60, "clip": clip})

    def _capture(self, parameters: dict[str, Any]) -> bytes:
        return base64.b64decode(self._devtools("Page.captureScreenshot", parameters)["data"])

    def _devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        with _errors_translated():
            answer = self._driver.execute(
                "executeCdpCommand", {"cmd": command, "params": parameters}
            )
            return answer["value"]


@contextmanager
def _errors_translated() -> Iterator[None]:
    """Raise BrowserLost for a browser that has ended, PageNotReady for any other refusal."""
    try:
        yield
    except (InvalidSessionIdException, NoSuchWindowException, HTTPError) as error:
        _lost(error)
    except WebDriverException as error:
        if any(word in str(error) for word in _LOST):
            _lost(error)
        raise PageNotReady(_first_line(error)) from error


def _lost(error: Exception) -> NoReturn:
    raise BrowserLost(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "msg", "") or error).strip()
    return (text.splitlines() or [type(error).__name__])[0][:300]
