"""What the loader refuses: each error names the place, and the valid values or a hint."""

from pathlib import Path

import pytest

from gonogo.backends import CONTAINERS, PROCESSES
from gonogo.target import Container, load_target
from gonogo.target.compose.keys import SERVICE, Use
from gonogo.vocabulary import UsageError
from tests.target.conftest import GATE, Load


def refused(load: Load, **parts: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(**parts)
    return caught.value


REFUSED_FOR_PROCESS = {
    "cap_add": "[NET_RAW]",
    "entrypoint": "[serve]",
    "sysctls": "{net.core.somaxconn: 10}",
    "ulimits": "{nofile: 100}",
    "working_dir": "/app",
}


@pytest.mark.parametrize(
    "key", sorted(name for name, rule in SERVICE.items() if rule.use is Use.REFUSED)
)
def test_every_refused_key_names_its_place_and_a_way_out(load: Load, key: str) -> None:
    """A key that would change the judgement is an error with file, line, service, key and hint."""
    error = refused(load, api=f"{key}: something")
    assert "compose.yaml, line 5: services.api." + key in error.where
    assert repr(key) in error.what
    assert error.hint


@pytest.mark.parametrize(
    "written", ["privileged: false", "scale: 1", "links: []", "profiles: []", "ipc: private"]
)
def test_a_refused_key_that_says_what_holds_anyway_is_accepted(load: Load, written: str) -> None:
    """privileged: false or scale: 1 change nothing and pass without a note."""
    assert load(api=written).notes == ()


def test_a_process_command_takes_the_entrypoints_place(load: Load) -> None:
    """Entrypoint and working_dir are refused only where no process command replaces them."""
    gate = "services: {api: {process: {command: [serve]}}}"
    target = load(api="entrypoint: [x]\nworking_dir: /app", gate=gate)
    assert len(target.for_backend(PROCESSES).notes) == 2
    assert target.for_backend(CONTAINERS).notes == ()
    with pytest.raises(UsageError) as caught:
        load(api="entrypoint: [x]").for_backend(PROCESSES)
    assert "services.api.process.command" in caught.value.hint


@pytest.mark.parametrize("key", sorted(REFUSED_FOR_PROCESS))
def test_what_only_a_container_can_honour_is_refused_for_local_processes(
    load: Load, key: str
) -> None:
    """The file loads, starts in containers, and as processes it is refused with place and hint."""
    target = load(api=f"{key}: {REFUSED_FOR_PROCESS[key]}")
    assert target.for_backend(CONTAINERS).services["api"].container != Container()
    with pytest.raises(UsageError) as caught:
        target.for_backend(PROCESSES)
    assert "compose.yaml, line 5: services.api." + key in caught.value.where
    assert caught.value.hint


def test_the_table_of_contained_keys_is_complete() -> None:
    """The test above tries every key that only a container honours."""
    uses = (Use.REFUSED_FOR_PROCESS, Use.NEEDS_COMMAND)
    assert set(REFUSED_FOR_PROCESS) == {name for name, rule in SERVICE.items() if rule.use in uses}


def test_a_service_without_an_image_is_refused_for_containers(load: Load) -> None:
    """A process command alone is enough for processes, and containers say what is missing."""
    gate = "services: {b: {process: {command: [serve]}}}"
    target = load(services="b: {expose: ['1']}", gate=gate)
    assert target.for_backend(PROCESSES).services["b"].process_command == ("serve",)
    with pytest.raises(UsageError, match="neither an image nor a build"):
        target.for_backend(CONTAINERS)


@pytest.mark.parametrize(
    ("parts", "what", "alternative"),
    [
        ({"api": "enviroment: {A: b}"}, "unknown key 'enviroment'", "environment"),
        ({"top": "volume: {}"}, "unknown key 'volume'", "volumes"),
        ({"gate": "objectivs: []"}, "unknown key 'objectivs'", "objectives"),
        ({"gate": "profiles: {qiuck: {}}"}, "unknown key 'qiuck'", "quick"),
        ({"gate": "profiles: {quick: {request: 1}}"}, "unknown key 'request'", "requests"),
        ({"gate": "profiles: {quick: {phases: [laod]}}"}, "no phase 'laod'", "load"),
        ({"gate": "services: {apii: {}}"}, "no service 'apii'", "api"),
        ({"gate": "services: {api: {ready: {tcp: 81}}}"}, "no port 81", "8080"),
        ({"gate": "services: {api: {ready: {http: 81/x}}}"}, "no port 81", "8080"),
        ({"gate": "services: {api: {ready: {timeout_s: 3}}}"}, "exactly one way", "http"),
        ({"gate": "services: {api: {ready: {log: x, send: y}}}"}, "need 'tcp'", "timeout_s"),
        (
            {"gate": "services: {api: {ready: {tcp: 8080, timeout_s: 1m}}}"},
            "expected seconds as a number",
            "60",
        ),
        ({"gate": "services: {api: {process: {command: ['{port:81}']}}}"}, "no port 81", "8080"),
        (
            {
                "api": "volumes: [/data]",
                "gate": "services: {api: {process: {environment: {A: '{data:/dat}'}}}}",
            },
            "mounts nothing at '/dat'",
            "{data:/data}",
        ),
        ({"api": "depends_on: [apj]"}, "no service 'apj'", "api"),
        ({"api": "volumes: ['date:/data']", "top": "volumes: {data: }"}, "'date'", "data"),
        ({"gate": "volumes: {date: .}", "top": "volumes: {data: }"}, "'date'", "data"),
        ({"api": "restart: sometimes"}, "no restart policy", "on-failure"),
        ({"api": "ports: ['53:53/udp']"}, "udp", "tcp"),
        (
            {"api": "depends_on: {db: {condition: service_completed_successfully}}"},
            "one-shot",
            "service_healthy",
        ),
        ({"gate": "requires: [{binary: x, purpose: y, backend: k8s}]"}, "'k8s'", "process"),
    ],
)
def test_wrong_names_come_with_the_nearest_valid_ones(
    load: Load, parts: dict[str, str], what: str, alternative: str
) -> None:
    """A wrong name is an error that lists the valid ones, nearest first."""
    error = refused(load, **parts)
    assert what in error.what
    assert alternative in error.alternatives
    assert "line" in error.where


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"api": "ports: ['3000-3005']"}, "ranges"),
        ({"api": "ports: ['99999']"}, "expected a port"),
        ({"api": "ports: 8080"}, "expected a list"),
        ({"api": "mem_limit: lots"}, "expected a size"),
        ({"api": "mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}"}, "differ"),
        ({"api": "cpus: -1"}, "expected a number of at least 0"),
        ({"api": "stop_grace_period: 10"}, "expected a duration"),
        ({"api": "command: 'a \"b'"}, "cannot be split"),
        ({"api": "environment: {A: {b: c}}"}, "expected text"),
        ({"api": "env_file: nowhere.env"}, "there is no file"),
        ({"api": "deploy: {replicas: 2}"}, "one of each service"),
        ({"api": "networks: {default: {aliases: [web]}}"}, "own name only"),
        ({"api": "volumes: [data]"}, "such as data:/data"),
        ({"api": "build: {context: ., ssh: [default]}"}, "classic builder"),
        ({"api": "depends_on: [api]"}, "circle: api -> api"),
        ({"api": "depends_on: {api: {required: false}}"}, "optional dependency"),
        ({"top": "volumes: {data: {external: true}}"}, "new volumes"),
        ({"top": "networks: {n: {external: true}}"}, "cannot start"),
        ({"top": "include: [other.yaml]"}, "in another place"),
        ({"services": "b: {expose: [1]}"}, "neither an image nor a build"),
        ({"services": "b: {image: b, ports: ['80:1']}", "api": "ports: ['80:8080']"}, "published"),
        (
            {"services": "b: {image: b}", "api": "depends_on: {b: {condition: service_healthy}}"},
            "has no health check",
        ),
        ({"gate": "scenarios: ./nowhere"}, "no directory"),
        ({"gate": "volumes: {data: ./nowhere}"}, "there is nothing at"),
        ({"gate": "services: {api: {ready: {log: '('}}}"}, "not a regular expression"),
        ({"gate": "services: {api: {ready: {http: /x}}}"}, "such as 8080/health"),
        ({"gate": "objectives: ['a': b]"}, "as a mapping"),
        ({"gate": "profiles: {quick: {requests: many}}"}, "expected a number"),
        ({"gate": "profiles: {quick: {rate_per_s: 0}}"}, "expected a number above 0"),
        ({"gate": "user: {login: /l, body: {}}"}, "'token' is missing"),
    ],
)
def test_wrong_values_say_what_was_expected(load: Load, parts: dict[str, str], what: str) -> None:
    """A wrong value is an error at its place that says what was expected."""
    error = refused(load, **parts)
    assert what in error.what
    assert "compose.yaml, line" in error.where


def operations(*lines: str) -> str:
    return "load:\n  operations:\n" + "".join(f"  - {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{name: a, request: FETCH /}", "no method 'FETCH'"),
        ("{name: a, request: GET}", "a method and a path"),
        ("{name: a, request: 'GET /{sesion}'}", "nothing fills {sesion}"),
        ("{name: a, request: GET /, weight: 0}", "above 0"),
        ("{name: a, request: GET /, status: 99}", "at least 100"),
        ("{name: a, request: GET /, ledger: {read: '/{key}', value: /v}}", "only a write"),
        ("{name: a, request: PUT /, ledger: {read: /x, value: /v}}", "same path"),
        ("{name: a, request: PUT /, ledger: {read: '/{key}', value: /v}}", "writes no {value}"),
        (
            "{name: a, request: PUT /, body: {v: 'x{value}'}, ledger: {read: '/{key}', value: /v}}",
            "writes no {value}",
        ),
        ("{name: a, request: GET /, json: ok}", "expected a list"),
    ],
)
def test_wrong_operations(load: Load, line: str, what: str) -> None:
    """An operation that could not be sent or checked is refused before anything starts."""
    error = refused(load, gate=operations(line))
    assert what in error.what
    assert "x-harness.load.operations.0" in error.where


def test_a_name_keeps_a_ledger_or_not(load: Load) -> None:
    """Operations of one name agree on the ledger: records know them by their name only."""
    ledger = "body: '{value}', ledger: {read: '/{key}', value: /v}"
    gate = operations("{name: a, request: GET /}", f"{{name: a, request: PUT /, {ledger}}}")
    assert "some have a ledger" in refused(load, gate=gate).what


def test_an_entry_that_does_not_exist(tmp_path: Path) -> None:
    """The entry's service and port are ones the Compose file has."""
    path = tmp_path / "compose.yaml"
    for service, says in (("web", "no service 'web'"), ("api", "no port 8080")):
        path.write_text(f"services: {{api: {{image: a}}}}\n{GATE.replace('api', service)}")
        with pytest.raises(UsageError, match=says):
            load_target(path, {})


def test_a_circle_is_named_in_full(load: Load) -> None:
    """Services that wait for each other in a circle are listed in its order."""
    services = "b: {image: b, depends_on: [c]}\nc: {image: c, depends_on: [api]}"
    error = refused(load, api="depends_on: [b]", services=services)
    assert error.what.endswith("api -> b -> c -> api")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("services: [", "not YAML"),
        ("- a list", "expected a mapping"),
        ("services: {a: 1}\nservices: {a: 1}", "is twice"),
        ("x: &a {b: *a}", "inside its own anchor"),
        (f"services: {{}}\n{GATE}", "there is no service"),
        (f"version: '3'\n{GATE}", "there is no service"),
        ("services: {a: {image: a}}", "there is no x-harness"),
        ("services: {1: {image: a}}\n" + GATE, "not text"),
    ],
)
def test_files_that_are_no_target(tmp_path: Path, text: str, says: str) -> None:
    """A file that is not YAML, not a mapping or without services or x-harness is refused."""
    path = tmp_path / "compose.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=says) as caught:
        load_target(path, {})
    assert str(path) in caught.value.where


def test_a_missing_file_lists_those_beside_it(tmp_path: Path) -> None:
    """For a missing file, the error lists the YAML files in that folder."""
    (tmp_path / "compose.yml").write_text("{}")
    with pytest.raises(UsageError, match="no such file") as caught:
        load_target(tmp_path / "compose.yaml", {})
    assert caught.value.alternatives == (str(tmp_path / "compose.yml"),)
    with pytest.raises(UsageError, match="found a directory"):
        load_target(tmp_path, {})


def test_x_harness_in_two_places(tmp_path: Path) -> None:
    """x-harness in the file and beside it is an error."""
    path = tmp_path / "compose.yaml"
    path.write_text(f"services: {{api: {{image: a, expose: [8080]}}}}\n{GATE}")
    (tmp_path / "compose.harness.yaml").write_text(GATE)
    with pytest.raises(UsageError, match="it is both here and in"):
        load_target(path, {})


def test_every_rule_has_its_reason() -> None:
    """No key is noted or refused without a reason, or refused without a hint."""
    for name, rule in SERVICE.items():
        assert rule.use is Use.HONOURED or rule.reason, name
        assert rule.use in (Use.HONOURED, Use.NOTED, Use.NOTED_FOR_PROCESS) or rule.hint, name


def test_a_file_of_variables_in_another_encoding_is_refused(load: Load, tmp_path: Path) -> None:
    """A usage error that names the file, and no traceback."""
    (tmp_path / "latin.env").write_bytes("NAME=J\u00fcrgen".encode("latin-1"))
    error = refused(load, api="env_file: latin.env")
    assert "not UTF-8" in error.what
    assert str(tmp_path / "latin.env") in error.where
