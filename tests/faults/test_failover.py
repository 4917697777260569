"""A store that fails over: its master is killed, Sentinel makes its replica the master."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from gonogo.backends import PROCESSES, SupervisedEnvironment
from gonogo.linux import wait_until
from gonogo.target import Readiness, Service
from gonogo_faults import make_fault
from tests.backends.builders import PATIENCE_S, READY_S_MAX, Memory, redis, stay, target
from tests.faults.conftest import Arm

# A sentinel that was itself delayed by more than two seconds does nothing for thirty.
FAILOVER_S_MAX = 90.0
# After this silence a sentinel takes a master for dead; a slow master must stay below it.
QUICK_MS, SLOW_MS = 500, 60_000
STORE = """exec redis-server - <<CONF
bind 127.0.0.1
port {port:6379}
dir {data:/data}
save ""
CONF
"""
# Redis wants host and port of a rewritten address separately.
REPLICA = """master=master:6379
exec redis-server - <<CONF
bind 127.0.0.1
port {port:6379}
dir {data:/data}
save ""
replicaof ${master%:*} ${master#*:}
repl-diskless-sync-delay 0
CONF
"""
SENTINEL = f"""master=master:6379
cat > {{data:/data}}/sentinel.conf <<CONF
bind 127.0.0.1
port {{port:26379}}
dir {{data:/data}}
sentinel monitor store ${{master%:*}} ${{master#*:}} 1
sentinel down-after-milliseconds store {SLOW_MS}
sentinel failover-timeout store 5000
CONF
exec redis-server {{data:/data}}/sentinel.conf --sentinel
"""


def _redis(name: str, script: str, **given: object) -> Service:
    ready = Readiness(tcp=6379, send="PING\r\n", banner="PONG", timeout_s=READY_S_MAX)
    own = {"process_command": ("sh", "-c", script), "ready": ready}
    return redis(name, **{**own, "volumes": {f"{name}-data": "/data"}, "restart": "no", **given})


@pytest.fixture
def system(
    tmp_path: Path, run_dir: Path, run: str, memory: Memory
) -> Iterator[SupervisedEnvironment]:
    """A master, a replica, a sentinel."""
    services = (
        _redis("master", STORE),
        _redis("replica", REPLICA, depends_on={"master": "service_healthy"}),
        stay(
            "sentinel",
            process_command=("sh", "-c", SENTINEL),
            ports=(26379,),
            ready=Readiness(tcp=26379, send="PING\r\n", banner="PONG", timeout_s=READY_S_MAX),
            volumes={"sentinel-data": "/data"},
            depends_on={"replica": "service_healthy"},
        ),
    )
    make = PROCESSES.environment
    with make(target(tmp_path, *services), run_dir, run, memory) as started:
        yield started


def _role(system: SupervisedEnvironment, service: str) -> str:
    host, port = system.address(service, 6379)
    try:
        return str(Redis(host, port, decode_responses=True).info("replication")["role"])
    except RedisError:
        return ""


def _master_port(system: SupervisedEnvironment) -> int:
    sentinel = Redis(*system.address("sentinel", 26379), decode_responses=True)
    return int(sentinel.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "store")[1])


def _take_for_dead_after(system: SupervisedEnvironment, silent_ms: int) -> None:
    sentinel = Redis(*system.address("sentinel", 26379), decode_responses=True)
    words = ("SENTINEL", "SET", "store", "down-after-milliseconds", silent_ms)
    assert sentinel.execute_command(*words)


def _knows_its_replica(system: SupervisedEnvironment) -> bool:
    sentinel = Redis(*system.address("sentinel", 26379), decode_responses=True)
    return len(sentinel.execute_command("SENTINEL", "REPLICAS", "store")) == 1


def test_the_replica_takes_over_and_stays(system: SupervisedEnvironment, arm: Arm) -> None:
    """The replicated write is there, and the new master stays master when the old one returns."""
    master, replica = (system.address(name, 6379)[1] for name in ("master", "replica"))
    assert _master_port(system) == master
    assert wait_until(lambda: _knows_its_replica(system), PATIENCE_S)
    store = Redis("127.0.0.1", master, decode_responses=True)
    store.set("key", "value")
    assert store.wait(1, 60_000) == 1
    _take_for_dead_after(system, QUICK_MS)
    with arm(make_fault("kill"), "master") as fault:
        assert fault.observed, fault.evidence
        assert wait_until(lambda: _master_port(system) == replica, FAILOVER_S_MAX)
        assert wait_until(lambda: _role(system, "replica") == "master", FAILOVER_S_MAX)
        _take_for_dead_after(system, SLOW_MS)
        assert Redis("127.0.0.1", replica, decode_responses=True).get("key") == "value"
    assert fault.absent
    assert _master_port(system) == replica, "its coming back changes nothing"
