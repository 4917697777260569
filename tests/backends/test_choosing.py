"""Which backend runs a target, and why."""

import gc
from pathlib import Path

import pytest

from gonogo.backends import ATTACHED, BACKENDS, CONTAINERS, PROCESSES, by_name, choose
from gonogo.backends.containers.engine import connect
from gonogo.target import load_target
from gonogo.vocabulary import Capability, EnvironmentFailed, NoopRecorder, UsageError
from tests.backends.builders import target, web


def test_each_backend_comes_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each backend comes with its reason; an unknown one is refused with the valid ones."""
    monkeypatch.setattr(CONTAINERS.__class__, "trouble", lambda _: "")
    assert choose("process", target(tmp_path, web())) == (PROCESSES, "asked for")
    assert choose("docker", target(tmp_path, web())) == (CONTAINERS, "asked for")
    assert choose("auto", target(tmp_path, web()))[0] is CONTAINERS
    assert choose("auto", target(tmp_path, web()))[1].startswith("auto: ")
    with pytest.raises(UsageError) as raised:
        choose("dockre", target(tmp_path, web()))
    assert {"auto", "docker", "process"} <= set(raised.value.alternatives)
    assert "attach" not in raised.value.alternatives


# When no engine answers, the engine's client leaves its socket open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_without_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto chooses processes and says why; ``--backend docker`` fails with a hint."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    connect.cache_clear()
    try:
        backend, reason = choose("auto", target(tmp_path, web()))
        assert backend is PROCESSES
        assert "no container engine answers" in reason
        with pytest.raises(EnvironmentFailed, match="no container engine answers") as raised:
            choose("docker", target(tmp_path, web()))
        assert "process" in raised.value.alternatives
        assert raised.value.hint
        del raised  # its traceback holds the client
    finally:
        connect.cache_clear()
        gc.collect()


def test_a_service_without_an_image_is_run_as_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Auto does not choose containers for a target of which one service has no image."""
    monkeypatch.setattr(CONTAINERS.__class__, "trouble", lambda _: "")
    file = tmp_path / "compose.yaml"
    file.write_text(
        "services: {a: {expose: [80]}}\n"
        "x-harness: {entry: {service: a, port: 80, health: /},"
        " services: {a: {process: {command: [serve]}}}}\n"
    )
    backend, reason = choose("auto", load_target(file, {}))
    assert backend is PROCESSES
    assert "services.a" in reason
    assert "neither an image nor a build" in reason


def test_what_starts_nothing_cannot_be_chosen(tmp_path: Path) -> None:
    """The attach backend is listed, and every way to start a system with it is refused."""
    small = target(tmp_path, web())
    assert by_name("attach") is ATTACHED
    with pytest.raises(UsageError, match="starts no system") as raised:
        choose("attach", small)
    assert "process" in raised.value.alternatives
    with pytest.raises(UsageError, match="starts no system"):
        ATTACHED.environment(small, tmp_path, "run", NoopRecorder())


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    """The name may come from a run directory of another version."""
    with pytest.raises(UsageError, match="'k8s'") as raised:
        by_name("k8s")
    assert set(raised.value.alternatives) == set(BACKENDS)


def test_only_what_can_start_declares_what_it_can_limit_and_isolate() -> None:
    """A backend that starts nothing claims none of the capabilities that need a start."""
    for backend in BACKENDS.values():
        assert Capability.START in backend.capabilities or not backend.capabilities
