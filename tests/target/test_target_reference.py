"""The Compose file that ships with the gate."""

from pathlib import Path

import pytest

from gonogo.target import JsonPointer, Target, load_target

FILE = Path(__file__).parents[2] / "system_under_test" / "compose.yaml"


@pytest.fixture
def target() -> Target:
    return load_target(FILE, {"REDIS_PASSWORD": "given"})


def test_every_service_has_what_process_mode_needs(target: Target) -> None:
    """Each service of the reference file has a process command and a readiness check."""
    assert target.services
    for service in target.services.values():
        assert service.process_command, service.name
        assert service.ready is not None, service.name
        assert service.memory_limit_bytes, service.name


def test_anchors_and_merge_keys_are_followed(target: Target) -> None:
    """A merged environment keeps the anchor's variables and adds its own."""
    environment = target.services["agent-data"].environment
    assert environment["SWARM_AGENT_ID"] == "agent-data"
    assert environment["SWARM_REDIS_URL"] == "redis://:given@redis:6379/0"
    assert target.services["agent-data"].process_command == ("{python}", "-m", "swarm.agent")


def test_secrets_are_generated_where_unset(target: Target) -> None:
    """A given secret is kept, the others are new in every load, and none is in the repr."""
    again = load_target(FILE, {"REDIS_PASSWORD": "given"})
    assert target.secret_values["REDIS_PASSWORD"] == "given"
    new = target.secret_values["SWARM_JWT_SECRET"]
    assert len(new) >= 43
    assert new != again.secret_values["SWARM_JWT_SECRET"]
    assert target.user is not None
    assert target.user.body["password"] == target.secret_values["SWARM_BOOTSTRAP_PASSWORD"]
    assert not [value for value in target.secret_values.values() if value in repr(target)]


def test_a_process_command_keeps_its_dollars(target: Target) -> None:
    """The shell, not the gate, puts the password into a process command."""
    assert "requirepass $REDIS_PASSWORD" in target.services["redis"].process_command[-1]


def test_load_profiles_and_seeds_are_read(target: Target) -> None:
    """The load mix, both profiles and the seeded volume are read as the file states them."""
    names = [operation.name for operation in target.operations]
    assert "context-write" in names
    write = target.operations[names.index("context-write")]
    assert (write.method, write.ledger_pointer) == ("PUT", JsonPointer("/value"))
    assert target.load_setup[0].capture == {"session": JsonPointer("/id")}
    assert target.profiles["quick"].requests == 1200
    assert target.profiles["default"].requests == 2400
    assert (target.profiles["default"].users, target.profiles["default"].users_s) == (50, 15)
    assert target.profiles["quick"].users == 0
    assert target.profile_objectives["default"]
    assert target.seeds["workspace"].is_dir()
