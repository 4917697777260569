"""The whole way of the feed in real processes: api, agents, Redis, shop."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shop_support import TOKEN, ShopServer
from swarm_support import ANSWER_S, HERE, Service, System, wait_for

DATA = HERE.parent / "data"
IMPORT_S_MAX = 120.0
FEED_FILES = ("catalogue.zip", "catalogue-reference.csv", "shopify-products.csv")


@pytest.fixture(scope="module")
def feed_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the committed catalogue."""
    directory = tmp_path_factory.mktemp("feed")
    for name in FEED_FILES:
        shutil.copy(DATA / name, directory)
    return directory


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ShopServer]:
    """A shop whose bucket makes a large upload take some seconds."""
    (tmp_path / "shop").mkdir()
    with ShopServer(tmp_path / "shop", SHOP_COST_RESTORE_PER_S="400") as server:
        yield server


@pytest.fixture
def running(tmp_path: Path, feed_workspace: Path) -> Iterator[System]:
    """Swarm without agents."""
    (tmp_path / "system").mkdir()
    with System(tmp_path / "system", feed_workspace) as system:
        yield system


def _agent(system: System, name: str, shop: ShopServer) -> Service:
    service = system.service(
        "swarm.agent",
        name,
        SWARM_AGENT_ID=name,
        SWARM_AGENT_CAPABILITIES="cleanup,data_processing,shopify_api,transformation,upload",
        SWARM_FEED_REFERENCE="catalogue-reference.csv",
        SWARM_SHOP_URL=shop.url,
        SWARM_SHOP_TOKEN=TOKEN,
    )
    service.wait_line("agent.ready")
    return service


def _ended(system: System, job_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        document = system.job(job_id)
        return document if document["finished_at"] else None

    return wait_for(look, f"job {job_id} ended", IMPORT_S_MAX)


def _result(system: System, job_id: str) -> dict[str, Any]:
    answer = system.call("GET", f"/api/jobs/{job_id}/result")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["result"]
    return found


def _start(system: System, script: str, **parameters: Any) -> str:
    body = {"script": script, "parameters": parameters}
    answer = system.call("POST", "/api/scripts/execute", body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def test_a_sync_and_its_steps(running: System, shop: ShopServer) -> None:
    """Counts close from step to step; steps can be left out; the history shows each run."""
    history = running.call("GET", "/api/sync/history").json()
    assert history == {"runs": [], "total": 0, "page": 1, "per_page": 20}
    refused = running.call(
        "POST",
        "/api/scripts/execute",
        {"script": "full_import", "parameters": {"skip_download": True}},
    )
    assert refused.status_code == 400
    assert "nothing has been downloaded" in refused.text
    _agent(running, "all", shop)
    started = running.call("POST", "/api/sync/trigger")
    assert started.status_code == 202
    first = started.json()["job_id"]
    assert _ended(running, first)["status"] == "completed"
    found = _result(running, first)
    steps = found["steps"]
    assert list(steps) == ["download", "filter", "metafields", "dedupe", "upload"]
    counts = steps["filter"]
    assert counts["rows"] == counts["kept"] + counts["rejected"] + counts["unmatched"]
    assert len(found["rejects"]) == found["rejects_total"] == counts["rejected"] > 0
    assert steps["dedupe"]["kept"] == counts["kept"] - found["duplicates_total"]
    assert steps["upload"]["created"] == len(shop.handles()) > 200
    assert steps["metafields"]["cpu_ms_per_row_max"] <= 100
    rejects = running.call("GET", f"/api/jobs/{first}/artefacts/rejects.csv")
    assert rejects.text.startswith("line,reason,")
    assert {each["name"] for each in found["artefacts"]} == {
        *("products.csv", "rejects.csv", "metafields.csv", "unique.csv", "duplicates.csv"),
        *("uploaded.csv", "upload-rejects.csv"),
    }
    second = _start(running, "full_import", skip_download=True, skip_upload=True)
    assert _ended(running, second)["status"] == "completed"
    assert list(_result(running, second)["steps"]) == ["filter", "metafields", "dedupe"]
    history = running.call("GET", "/api/sync/history?per_page=1").json()
    assert history["total"] == 2
    assert [run["id"] for run in history["runs"]] == [second]
    assert running.call("GET", "/api/sync/history?page=0").status_code == 400


def test_history_is_the_callers_own(running: System) -> None:
    """Another account sees nothing of it; a job that only has the name is no sync."""
    job_id = running.submit(
        {"name": "full_import", "type": "diagnostic.echo", "capabilities": ["genomics"]}
    )
    assert job_id
    assert running.call("GET", "/api/sync/history").json()["total"] == 0
    running.call("POST", "/api/sync/trigger")
    assert running.call("GET", "/api/sync/history").json()["total"] == 1
    account = {"email": "other@example.org", "password": "long enough"}
    running.http.headers.pop("Authorization")
    assert running.call("POST", "/api/auth/register", account).status_code == 201
    token = running.call("POST", "/api/auth/login", account).json()["access_token"]
    running.http.headers["Authorization"] = f"Bearer {token}"
    assert running.call("GET", "/api/sync/history").json()["total"] == 0


def test_steps_as_scripts(running: System, shop: ShopServer) -> None:
    """Download, metafields, categories, upload and clean-up run on their own too."""
    _agent(running, "all", shop)
    fetched = _start(running, "ftp_download")
    assert _ended(running, fetched)["status"] == "completed"
    again = _start(running, "ftp_download")
    forced = _start(running, "ftp_download", force=True)
    assert [_ended(running, job)["status"] for job in (again, forced)] == ["completed"] * 2
    assert _result(running, again)["fresh"] is False
    assert _result(running, forced)["fresh"] is True
    csv_file = "shopify-products.csv"
    uploaded = _start(running, "shopify_upload", csv_file=csv_file, skip_images=True)
    assert _ended(running, uploaded)["status"] == "completed"
    counts = _result(running, uploaded)
    assert counts["created"] == len(shop.handles()) == counts["products"]
    assert counts["rejected_rows"] == 9
    for script, parameters in (
        ("create_metafields", {"input_file": csv_file}),
        ("categorize_products", {"input_file": csv_file}),
        ("cleanup_duplicates", {}),
    ):
        job = _start(running, script, **parameters)
        assert _ended(running, job)["status"] == "completed", script


def test_kill_in_the_middle_of_an_upload(running: System, shop: ShopServer) -> None:
    """Another agent goes on where the first was killed; no product is twice or lost."""
    agents = {name: _agent(running, name, shop) for name in ("one", "two")}
    # So that its middle lasts until it is seen.
    shop.fail(slow=1, slow_ms=100)
    job_id = _start(running, "shopify_upload", csv_file="shopify-products.csv", batch_size=10)

    def uploading() -> dict[str, Any] | None:
        (task,) = running.job(job_id)["tasks"]
        return task if 0.1 < task["progress"] < 0.9 else None

    task = wait_for(uploading, "the upload is in its middle")
    agents[task["agent_id"]].kill()
    shop.fail()
    done = _ended(running, job_id)
    assert done["status"] == "completed"
    (task,) = done["tasks"]
    assert len(task["attempts"]) >= 2
    counts = _result(running, job_id)
    assert counts["unchanged"] >= 10, "what the killed agent had uploaded is left alone"
    assert counts["created"] + counts["unchanged"] == counts["products"] == len(shop.handles())
    writes = Counter(each["handle"] for each in shop.told("writes")["writes"])
    assert set(writes.values()) == {1}


def test_an_agent_for_the_shop_must_know_it(running: System) -> None:
    """It does not start without address and token, and says so."""
    service = running.service(
        "swarm.agent", "lost", SWARM_AGENT_ID="lost", SWARM_AGENT_CAPABILITIES="shopify_api"
    )
    assert service.process.wait(ANSWER_S) == 2
    for name in ("SWARM_SHOP_URL", "SWARM_SHOP_TOKEN"):
        assert f"{name} is required" in service.text()
