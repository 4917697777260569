"""What a task's failure tells users: what was wrong, not where it lies on which machine."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from swarm.agent.child import Child


def _told(workspace: Path, kind: str, **parameters: Any) -> dict[str, Any]:
    """The last thing a child says of a task."""
    answers = io.StringIO()
    request = {"job_id": "job", "inputs": {}, "type": kind, "parameters": parameters}
    Child(workspace, answers).run(request)
    said: dict[str, Any] = json.loads(answers.getvalue().splitlines()[-1])
    return said


@pytest.mark.parametrize("linked", [False, True], ids=["plain", "by a link"])
def test_a_malformed_file_is_named_as_in_the_workspace(tmp_path: Path, linked: bool) -> None:
    """A parse error names file, line and reason, and not the directory of the workspace."""
    real = tmp_path / "work+space"
    (real / "in").mkdir(parents=True)
    (real / "in" / "bad.fna").write_text(">one\nACGT\nAC!T\n")
    workspace = tmp_path / "link" if linked else real
    if linked:
        workspace.symlink_to(real)
    said = _told(workspace, "genome.summary", fasta="in/bad.fna")
    assert (said["kind"], said["permanent"]) == ("failed", True)
    assert said["reason"].startswith("ParseError: in/bad.fna:3: ")
    assert str(tmp_path) not in json.dumps(said)


def test_a_neighbour_of_the_workspace_keeps_its_name(tmp_path: Path) -> None:
    """Only the workspace's own path is taken out, not one that merely begins like it."""
    workspace = tmp_path / "work"
    workspace.mkdir()
    text = f"{workspace}-old/a {workspace}/b {workspace} {workspace}: x{workspace}/c"
    said = _told(workspace, "diagnostic.fail", message=text, permanent=True)
    told = f"{workspace}-old/a b the workspace the workspace: x{workspace}/c"
    assert said["reason"] == told


def test_too_much_memory_is_said(tmp_path: Path) -> None:
    """A task that is refused memory says that, and may be tried again."""
    said = _told(tmp_path, "diagnostic.allocate", mib=1 << 20)
    assert said["reason"] == "it needed more memory than a task may have"
    assert not said["permanent"]
    assert _told(tmp_path, "diagnostic.allocate", mib=1)["kind"] == "completed"
