"""What a run must not leave behind."""

import json
import socket
from pathlib import Path

from gonogo.backends.containers.removal import resources_of_run
from gonogo.services import PortLease


def processes_of(run: str) -> list[str]:
    """Command lines of the processes that carry the run's mark or name its directory."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            marked = f"GONOGO_RUN_ID={run}".encode() in (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if marked or f"/{run}" in command:
            found.append(f"{folder.name}: {command}")
    return found


def listening_ports(run_dir: Path) -> list[int]:
    """Ports of the run's services that still accept a connection."""
    try:
        services = json.loads((run_dir / "environment.json").read_text())["services"]
    except FileNotFoundError:
        return []
    ports = [at for service in services.values() for _, at in service["endpoints"].values()]
    lease = PortLease("leftovers")
    try:  # a port that another run has leased meanwhile does not belong to this run any more
        return [port for port in ports if _accepts(port) and lease._lock(port)]
    finally:
        lease.release()


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _in_engine(run_dir: Path) -> list[str]:
    """Containers, networks and volumes; a run with local processes has none and needs no engine."""
    try:
        plan = json.loads((run_dir / "plan.json").read_text())
    except (FileNotFoundError, ValueError):
        return []
    return resources_of_run(run_dir.name) if plan["backend"] == "docker" else []


def leftovers(run_dir: Path) -> list[str]:
    """Everything of the run that is still there; empty when it is clean."""
    found = processes_of(run_dir.name)
    found += _in_engine(run_dir)
    found += [f"port {port}" for port in listening_ports(run_dir)]
    if (run_dir / "state").exists():
        found.append("state/")
    return found
