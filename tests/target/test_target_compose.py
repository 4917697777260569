"""The subset of Compose that the gate honours."""

from pathlib import Path

import pytest

from gonogo.backends import CONTAINERS, PROCESSES
from gonogo.target import Container, HealthCheck, load_target
from tests.target.conftest import GATE, Load


def test_short_and_long_ports(load: Load) -> None:
    """Every notation of a port gives the container port; only fixed host ports are published."""
    target = load(
        api="ports: ['127.0.0.1:18080:8080', '9000', '7000:7001/tcp', '[::1]:6001:6002',"
        " 22:23, {target: 5000, published: '5001'}]"
    )
    service = target.services["api"]
    assert service.ports == (8080, 9000, 7001, 6002, 23, 5000)
    assert service.published == {8080: 18080, 7001: 7000, 6002: 6001, 23: 22, 5000: 5001}


@pytest.mark.parametrize(
    ("written", "argv"),
    [
        ('command: serve --name "two words"', ("serve", "--name", "two words")),
        ("command: [serve, --port, 80]", ("serve", "--port", "80")),
        ("command:", ()),
    ],
)
def test_commands(load: Load, written: str, argv: tuple[str, ...]) -> None:
    """Text is split as a shell would split it; a list is taken as it is."""
    assert load(api=written).services["api"].command == argv


def test_environment_as_mapping(load: Load) -> None:
    """Numbers and booleans become text; a name alone takes the variable if it is set."""
    api = "environment: {A: 1, B: true, C: yes, D: 2020-01-01, PASSED: , UNSET: }"
    environment = load(api=api, environ={"PASSED": "p"}).services["api"].environment
    assert environment == {"A": "1", "B": "true", "C": "yes", "D": "2020-01-01", "PASSED": "p"}


def test_environment_as_list(load: Load) -> None:
    """The list form means the same as the mapping."""
    api = "environment: [A=1, B=x=y, PASSED, UNSET, EMPTY=]"
    environment = load(api=api, environ={"PASSED": "p"}).services["api"].environment
    assert environment == {"A": "1", "B": "x=y", "PASSED": "p", "EMPTY": ""}


def test_env_files(load: Load, tmp_path: Path) -> None:
    """A service's env_file is read, its environment wins, an optional file may be missing."""
    (tmp_path / "a.env").write_text(
        "# comment\nA=file\nexport B='$raw'\nC=\"x\\n${X}\"  # why\nD=bare # comment\n"
    )
    api = "env_file: [a.env, {path: b.env, required: false}]\nenvironment: {A: own}"
    environment = load(api=api, environ={"X": "1"}).services["api"].environment
    assert environment == {"A": "own", "B": "$raw", "C": "x\n1", "D": "bare"}


def test_dotenv_is_under_the_environment(load: Load, tmp_path: Path) -> None:
    """Variables come from the environment first, then from .env beside the file."""
    (tmp_path / ".env").write_text("ONE=file\nTWO=file\n")
    target = load(api='command: ["${ONE}", "$TWO"]', environ={"ONE": "env"})
    assert target.services["api"].command == ("env", "file")


def test_limits_and_restart(load: Load) -> None:
    """Limits and restart policies are read from both places that Compose has for them."""
    own = load(api="mem_limit: 512m\ncpus: '0.5'\nrestart: on-failure:3\nstop_grace_period: 1m2s")
    service = own.services["api"]
    assert (service.memory_limit_bytes, service.cpus_limit) == (512 * 1024**2, 0.5)
    assert (service.restart, service.restart_max, service.stop_grace_s) == ("on-failure", 3, 62)
    deployed = load(
        api="deploy: {replicas: 1, resources: {limits: {memory: 1.5g, cpus: 2}},"
        " restart_policy: {condition: any}}"
    )
    service = deployed.services["api"]
    assert (service.memory_limit_bytes, service.cpus_limit) == (1536 * 1024**2, 2.0)
    assert service.restart == "always"
    assert load(api="restart: no").services["api"].restart == "no"


def test_volumes(load: Load, tmp_path: Path) -> None:
    """Named, bound and anonymous volumes; relative paths start at the Compose file."""
    target = load(
        api="volumes: [data:/data, './files:/files:ro', /cache,"
        " {type: volume, source: more, target: /more}]",
        top="volumes: {data: , more: {driver: local}}",
    )
    assert target.services["api"].volumes == {
        "data": "/data",
        str(tmp_path / "files"): "/files",
        "api-cache": "/cache",
        "more": "/more",
    }


def test_build(load: Load, tmp_path: Path) -> None:
    """A build is a mapping with an absolute context, whichever way it is written."""
    short = load(services="b:\n  build: ./b")
    assert short.services["b"].build == {"context": str(tmp_path / "b")}
    long = load(services="b:\n  build: {context: b, args: [A=1], target: t, no_cache: true}")
    assert long.services["b"].build == {
        "context": str(tmp_path / "b"),
        "args": {"A": "1"},
        "target": "t",
    }
    assert any("no_cache" in note for note in long.notes)


def test_dependencies(load: Load) -> None:
    """A list means started; the mapping form keeps its condition; a healthcheck is enough."""
    db = "db:\n  image: db\n  healthcheck: {test: [CMD, true], interval: 1s}"
    assert load(api="depends_on: [db]", services=db).services["api"].depends_on == {
        "db": "service_started"
    }
    healthy = load(api="depends_on: {db: {condition: service_healthy}}", services=db)
    assert healthy.services["api"].depends_on == {"db": "service_healthy"}
    assert healthy.services["db"].healthcheck["interval"] == "1s"


def test_a_separate_harness_file_is_found_or_named(tmp_path: Path) -> None:
    """x-harness may be in <stem>.harness.yaml beside the file, or in a file that is named."""
    compose = tmp_path / "compose.yaml"
    compose.write_text("services: {api: {image: app, expose: [8080]}}\n")
    (tmp_path / "compose.harness.yaml").write_text(GATE)
    assert load_target(compose, {}).entry_port == 8080
    (tmp_path / "compose.harness.yaml").rename(tmp_path / "gate.yaml")
    assert load_target(compose, {}, tmp_path / "gate.yaml").name == tmp_path.name


def test_the_name_is_the_gates_own_else_the_projects(load: Load) -> None:
    """x-harness.name wins over the Compose project's name, which wins over the directory."""
    assert load(top="name: project").name == "project"
    assert load(top="name: project", gate="name: own").name == "own"


def test_notes_say_what_has_no_effect(load: Load) -> None:
    """A key that changes nothing the gate judges is accepted, and named with its reason."""
    target = load(api="labels: {a: b}\ncontainer_name: x\nuser: '1000'\ninit: true")
    assert len(target.notes) == len(target.for_backend(CONTAINERS).notes) == 2
    assert len(target.for_backend(PROCESSES).notes) == 4
    assert any("services.api.labels" in note for note in target.notes)


def test_what_a_container_is_made_with(load: Load) -> None:
    """Every key that shapes a container is read with its type, in both notations of Compose."""
    service = load(
        api="user: 1000:1000\nread_only: true\ninit: true\ncap_drop: [ALL]\ncap_add: [CHOWN]\n"
        "security_opt: ['no-new-privileges:true']\ngroup_add: [7]\nshm_size: 64m\n"
        "tmpfs: [/run, '/tmp:size=1m']\nentrypoint: /bin/serve --all\nworking_dir: /app\n"
        "stop_signal: quit\npids_limit: 100\nulimits: {nofile: 9, core: {soft: 1, hard: 2}}\n"
        "sysctls: [net.core.somaxconn=10]\n"
        "volumes: ['./files:/files:ro', {type: tmpfs, target: /scratch}]"
    ).services["api"]
    assert service.container == Container(
        user="1000:1000",
        read_only=True,
        init=True,
        cap_add=("CHOWN",),
        cap_drop=("ALL",),
        security_opt=("no-new-privileges:true",),
        group_add=("7",),
        tmpfs={"/run": "", "/tmp": "size=1m", "/scratch": ""},  # noqa: S108 - in a container
        entrypoint=("/bin/serve", "--all"),
        working_dir="/app",
        shm_size_bytes=64 * 1024**2,
        stop_signal="SIGQUIT",
        pids_max=100,
        ulimits={"nofile": (9, 9), "core": (1, 2)},
        sysctls={"net.core.somaxconn": "10"},
    )
    assert service.read_only_mounts == ("/files",)


@pytest.mark.parametrize(
    ("written", "test"),
    [
        ("{test: curl -f /}", ("CMD-SHELL", "curl -f /")),
        ("{test: [CMD, curl]}", ("CMD", "curl")),
        ("{disable: true}", ("NONE",)),
        ("{test: [NONE]}", ("NONE",)),
    ],
)
def test_health_checks(load: Load, written: str, test: tuple[str, ...]) -> None:
    """Text is run by a shell, a list says how it is run; both ways to switch it off are equal."""
    health = load(api=f"healthcheck: {written}").services["api"].container.health
    assert health is not None
    assert health.test == test


def test_the_times_of_a_health_check(load: Load) -> None:
    """Durations become seconds; what is not given is the engine's own default."""
    api = "healthcheck: {test: x, interval: 1m30s, start_period: 5s, retries: 5}"
    health = load(api=api).services["api"].container.health
    assert health == HealthCheck(("CMD-SHELL", "x"), 90, 30, 5, 5)


def test_an_unset_variable_is_noted(load: Load) -> None:
    """A variable without value or default is empty, as in Compose, and a note says so."""
    target = load(api='command: ["x${NOWHERE}"]')
    assert target.services["api"].command == ("x",)
    assert any("NOWHERE" in note for note in target.notes)
