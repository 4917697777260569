"""What housekeeping removes from the workspace, and what it keeps."""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path

import pytest
from swarm.agent.housekeeping import Housekeeper
from swarm.config import StoreSettings
from swarm.jobs import JobQueue, TaskSpec
from swarm.store import Store, StoreUnavailable
from swarm_support import RedisServer, System, new_namespace, wait_for

TTL_S = 86_400.0
OLD_S, YOUNG_S = 30 * TTL_S, 0.5 * TTL_S


def _age(path: Path, age_s: float) -> None:
    then_s = time.time() - age_s
    os.utime(path, (then_s, then_s), follow_symlinks=False)


def _file(path: Path, age_s: float, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    _age(path, age_s)
    return path


def _results(workspace: Path, age_s: float, job_id: str | None = None) -> Path:
    directory = workspace / "results" / (job_id or uuid.uuid4().hex)
    _file(directory / "parts" / "one.json", age_s)
    _file(directory / "report.json", age_s)
    _age(directory / "parts", age_s)
    _age(directory, age_s)
    return directory


def _downloads(workspace: Path, *ages_s: float, latest: int) -> list[Path]:
    """Downloads of these ages, one of them the latest."""
    names = [f"downloads/{number:016x}.csv" for number in range(len(ages_s))]
    found = [_file(workspace / name, age_s) for name, age_s in zip(names, ages_s, strict=True)]
    told = {"source": "file:a.zip", "sha256": "0" * 64, "file": names[latest], "bytes": 1}
    _file(workspace / "downloads" / "latest.json", OLD_S, json.dumps({**told, "fresh": True}))
    return found


def _tidy(workspace: Path, store: Store) -> int:
    return Housekeeper(workspace, store, TTL_S).tidy()


def _submit(store: Store) -> str:
    task = TaskSpec("t", "diagnostic.echo", {}, capabilities=("upload",))
    return JobQueue(store).submit(
        uuid.uuid4().hex,
        owner="o",
        name="j",
        parameters={},
        tasks=[task],
        active_jobs_max=1,
        ttl_s=60,
    )


def test_results_of_forgotten_jobs_go(tmp_path: Path, store: Store) -> None:
    """Old and of no job: removed. Of a living job, or young in any file: kept."""
    forgotten = _results(tmp_path, OLD_S)
    living = _results(tmp_path, OLD_S, _submit(store))
    young = _results(tmp_path, YOUNG_S)
    written = _results(tmp_path, OLD_S)
    _age(written / "parts" / "one.json", YOUNG_S)
    assert _tidy(tmp_path, store) == 1
    assert not forgotten.exists()
    for kept in (living, young, written):
        assert (kept / "parts" / "one.json").exists()
    assert _tidy(tmp_path, store) == 0


def test_only_what_is_named_as_a_job_is_taken_for_one(tmp_path: Path, store: Store) -> None:
    """Whatever else somebody has put into the workspace stays."""
    kept = [_results(tmp_path, OLD_S, "mine"), _file(tmp_path / "feed.csv", OLD_S)]
    kept += [_file(tmp_path / ".upload.lock", OLD_S), _file(tmp_path / "downloads/a.csv", OLD_S)]
    assert _tidy(tmp_path, store) == 0
    assert all(path.exists() for path in kept)


def test_links_are_not_followed(tmp_path: Path, store: Store) -> None:
    """The target of a link is not removed."""
    outside = _results(tmp_path / "outside", OLD_S)
    _file(outside / ".left", OLD_S)
    _age(outside, OLD_S)
    workspace = tmp_path / "workspace"
    forgotten = _results(workspace, OLD_S)
    link = forgotten / "link"
    link.symlink_to(outside)
    _age(link, OLD_S)
    _age(forgotten, OLD_S)
    named = workspace / "results" / uuid.uuid4().hex
    named.symlink_to(outside)
    _age(named, OLD_S)
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "results").symlink_to(tmp_path / "outside" / "results")
    assert _tidy(workspace, store) == 1
    assert _tidy(whole, store) == 0
    assert not forgotten.exists()
    assert (outside / ".left").exists()
    assert (outside / "report.json").exists()


def test_nothing_is_removed_while_redis_is_away(tmp_path: Path) -> None:
    """While Redis is away no job counts as unknown; when it answers again, the round removes."""
    workspace = tmp_path / "workspace"
    forgotten = _results(workspace, OLD_S)
    left = _file(workspace / "downloads" / ".0.csv.c3", OLD_S)
    superseded, _ = _downloads(workspace, 3 * OLD_S, OLD_S, latest=1)
    redis_directory = tmp_path / "redis"
    redis_directory.mkdir()
    with RedisServer(redis_directory) as server:
        store = Store(StoreSettings(server.url, new_namespace(), 3600.0, 50_000))
        store.ping()
        server.kill()
        with pytest.raises(StoreUnavailable):
            _tidy(workspace, store)
        assert (forgotten / "report.json").exists()
        assert left.exists()
        assert superseded.exists()
        server.start()
        wait_for(lambda: _tidied(workspace, store), "Redis is asked again")
    assert not any(path.exists() for path in (forgotten, left, superseded))


def _tidied(workspace: Path, store: Store) -> bool:
    try:
        return _tidy(workspace, store) == 3
    except StoreUnavailable:
        return False


def test_downloads_go_when_another_has_long_been_the_latest(tmp_path: Path, store: Store) -> None:
    """A job reads what was the latest when it began: that counts, not the file's own age."""
    gone, replaced_late, newer = _downloads(tmp_path, 3 * OLD_S, OLD_S, YOUNG_S, latest=2)
    assert _tidy(tmp_path, store) == 1
    assert [path.exists() for path in (gone, replaced_late, newer)] == [False, True, True]


def test_the_latest_download_stays(tmp_path: Path, store: Store) -> None:
    """However old it is. When it is not known which one is the latest, all are kept."""
    named, newer = _downloads(tmp_path, 3 * OLD_S, OLD_S, latest=0)
    assert _tidy(tmp_path, store) == 0
    (tmp_path / "downloads" / "latest.json").write_text("{")
    assert _tidy(tmp_path, store) == 0
    assert named.exists()
    assert newer.exists()


def test_temporary_files_that_were_left_go(tmp_path: Path, store: Store) -> None:
    """Those of writers that were killed long ago; a writer of today still needs its own."""
    living = _results(tmp_path, OLD_S, _submit(store))
    left = [living / ".report.json.a1", living / "parts" / ".one.json.b2"]
    left += [tmp_path / "downloads" / ".0.csv.c3"]
    for path in left:
        _file(path, OLD_S)
    written = _file(living / ".report.json.d4", YOUNG_S)
    assert _tidy(tmp_path, store) == len(left)
    assert not any(path.exists() for path in left)
    assert written.exists()


def test_an_agent_keeps_its_workspace_tidy(tmp_path: Path, shared_system: System) -> None:
    """The process does it by itself, with the time its environment says."""
    forgotten = _results(tmp_path, 60)
    shared_system.service(
        "swarm.agent",
        "tidy",
        SWARM_AGENT_ID="tidy",
        SWARM_AGENT_CAPABILITIES="upload",
        SWARM_WORKSPACE=str(tmp_path),
        SWARM_JOB_TTL_S="30",
    )
    wait_for(lambda: not forgotten.exists(), "the agent tidied its workspace")
