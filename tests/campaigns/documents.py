"""The commands in the documents, run without a change.

The guides (``docs/adding-*.md``) are left out: tests of the suite follow them in a copy.
"""

import re
import subprocess
import time
from pathlib import Path

from tests.campaigns.campaign import Campaign, Round
from tests.campaigns.rows import ROOT

BLOCK_S_MAX = 1200
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """Every fenced ``sh`` block of the documents, by file and number."""
    found = {}
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for path in (page for page in pages if not page.name.startswith("adding-")):
        for number, block in enumerate(_BLOCK.findall(path.read_text())):
            found[f"{path.relative_to(ROOT)} {number}"] = block
    return found


def _run(key: str, folder: Path) -> Round:
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", blocks()[key]],
        capture_output=True, text=True, check=False, timeout=BLOCK_S_MAX, cwd=ROOT,
        env={"PATH": f"{ROOT / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = "" if done.returncode == 0 else f"exit {done.returncode}: {done.stderr[-300:]}"
    return Round(passed=done.returncode == 0, took_s=time.monotonic() - began, said=said)


DOCUMENTS = Campaign(
    name="documents",
    promise="every shell block of the documents runs as it stands",
    rounds=tuple(blocks()),
    run=_run,
)
