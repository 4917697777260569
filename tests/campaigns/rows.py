"""The rows of a campaign: one JSON line per round, committed, so that any clone can continue."""

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

from tests.campaigns.campaign import Round

ROOT = Path(__file__).parents[2]
# What a measurement is about; documents and the rows themselves are not.
_SOURCES = ("fault_injection", "harness", "load", "reports", "scenarios", "system_under_test")


def source() -> str:
    """The state of the sources as a short hash: rows of another state do not count for this one."""
    names = subprocess.run(
        ["git", "ls-files", "--stage", *_SOURCES],
        capture_output=True, check=True, cwd=ROOT,
    )  # fmt: skip
    digest = subprocess.run(
        ["git", "hash-object", "--stdin"], input=names.stdout, capture_output=True, check=True
    )
    return digest.stdout.decode()[:12]


class Rows:
    """The rows of one campaign on disk.

    Args:
        name: of the campaign.
        state: of the sources.
        folder: where the files are.
    """

    def __init__(self, name: str, state: str, folder: Path = ROOT / "docs" / "campaigns") -> None:
        self.path = folder / f"{name}.ndjson"
        self._state = state

    def done(self) -> dict[str, Round]:
        """Rounds of this state of the sources, by key; rows of other states are left out."""
        found: dict[str, Round] = {}
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            row = json.loads(line)
            if row.pop("source") == self._state:
                key = row.pop("round")
                found[key] = Round(**row)
        return found

    def drop_stale(self) -> None:
        """Take out the rows of other states, before the first row of this one."""
        kept = self.done()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("".join(self._line(key, each) for key, each in kept.items()))

    def add(self, key: str, found: Round) -> None:
        """Write one row at once: a campaign that is interrupted goes on after it."""
        with self.path.open("a") as file:
            file.write(self._line(key, found))

    def _line(self, key: str, found: Round) -> str:
        return json.dumps({"round": key, "source": self._state, **asdict(found)}) + "\n"
