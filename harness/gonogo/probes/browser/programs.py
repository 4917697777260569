"""The programs that a browser test needs on this machine."""

import shutil
from dataclasses import dataclass


class BrowserUnavailable(Exception):
    """There is no browser on this machine: nothing is known about the page."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Absolute paths of the programs.

    Attributes:
        chromium: the browser.
        chromedriver: its WebDriver server.
        setpriv: makes the kernel end the driver when the process that started it dies.
    """

    chromium: str
    chromedriver: str
    setpriv: str


_PACKAGES = {
    "chromium": "chromium",
    "chromedriver": "chromium-driver",
    "setpriv": "util-linux",
}


def find_programs() -> Programs:
    """Look the programs up on PATH.

    Raises:
        BrowserUnavailable: one is missing; names it and its Debian package.
    """
    found = {name: shutil.which(name) for name in _PACKAGES}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        packages = " ".join(_PACKAGES[name] for name in missing)
        raise BrowserUnavailable(
            f"no browser on this machine: {', '.join(missing)} missing (apt-get install {packages})"
        )
    return Programs(**{name: path for name, path in found.items() if path is not None})
