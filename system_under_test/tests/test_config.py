"""Settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from swarm.config import ConfigError, load_agent_settings, load_api_settings, task_environment
from swarm_support import ANSWER_S, HERE


def test_every_problem_is_named_at_once() -> None:
    """One start reports everything that is missing or wrong."""
    with pytest.raises(ConfigError) as error:
        load_api_settings({"SWARM_JWT_SECRET": "short", "SWARM_API_PORT": "-1"})
    text = str(error.value)
    for name in ("SWARM_REDIS_URL", "SWARM_JWT_SECRET", "SWARM_API_PORT", "SWARM_WORKSPACE"):
        assert name in text


def test_secrets_do_not_show_in_a_settings_repr(tmp_path: Path) -> None:
    """A settings object in a log shows no secret."""
    environ = {
        "SWARM_REDIS_URL": "redis://:hidden@127.0.0.1/0",
        "SWARM_JWT_SECRET": "hidden" * 6,
        "SWARM_WORKSPACE": str(tmp_path),
        "SWARM_BOOTSTRAP_EMAIL": "a@b",
        "SWARM_BOOTSTRAP_PASSWORD": "hidden-too",
    }
    assert "hidden" not in repr(load_api_settings(environ))


def test_fractions_of_a_second_are_accepted(tmp_path: Path) -> None:
    """Every time can be set to a fraction of a second."""
    settings = load_agent_settings(
        {
            "SWARM_REDIS_URL": "redis://127.0.0.1/0",
            "SWARM_WORKSPACE": str(tmp_path),
            "SWARM_AGENT_ID": "a",
            "SWARM_AGENT_CAPABILITIES": "upload,analysis",
            "SWARM_LEASE_S": "0.25",
        }
    )
    assert settings.lease_s == 0.25
    assert settings.capabilities == ("analysis", "upload")


@pytest.mark.parametrize("module", ["swarm.api", "swarm.agent", "swarm.orchestrator"])
def test_a_process_without_settings_says_what_is_missing_and_exits(module: str) -> None:
    """No stack trace: one line per problem and exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        env={"PYTHONPATH": str(HERE.parent), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=ANSWER_S,
        check=False,
    )
    assert done.returncode == 2
    assert "SWARM_REDIS_URL is required" in done.stderr
    assert "Traceback" not in done.stderr


def test_task_code_does_not_see_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child process gets neither the Redis password nor the signing secret."""
    monkeypatch.setenv("SWARM_REDIS_URL", "redis://:hidden@host")
    monkeypatch.setenv("RUN_ID", "kept")
    environ = task_environment()
    assert environ["RUN_ID"] == "kept"
    assert not [name for name in environ if name.startswith("SWARM_")]
