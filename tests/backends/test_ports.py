"""Ports are private to a run for as long as its owner lives."""

import socket
import subprocess
import sys
from pathlib import Path

from gonogo.services.ports import PortLease

ROOT = Path(__file__).parent.parent.parent
HOLD = """
from gonogo.services.ports import PortLease
lease = PortLease({run!r})
print(*lease.take(3), flush=True)
input()
"""


def _holder(run: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", HOLD.format(run=run)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def test_leases_do_not_overlap_in_one_process(run: str) -> None:
    """Two leases that start at the same port get different ports."""
    one, two = PortLease(run), PortLease(run)
    taken = one.take(5) + two.take(5)
    one.release()
    two.release()
    assert len(set(taken)) == 10


def test_ports_are_outside_the_ephemeral_range(run: str) -> None:
    """No outgoing connection can take a leased port before its service binds it."""
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    lease = PortLease(run)
    assert not [port for port in lease.take(50) if low <= port <= high]
    lease.release()


def test_a_bound_port_is_passed_over(run: str) -> None:
    """A port on which another process listens is not leased."""
    lease = PortLease(run)
    (first,) = lease.take(1)
    lease.release()
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", first))
        lease = PortLease(run)
        assert lease.take(1) != [first]
        lease.release()


def test_a_lease_ends_with_its_process_however_it_ends(run: str) -> None:
    """Another process cannot get the ports while the holder lives, and can after it is killed."""
    with _holder(run) as holder:
        assert holder.stdout is not None
        held = [int(word) for word in holder.stdout.readline().split()]
        lease = PortLease(run)
        assert not set(lease.take(3)) & set(held)
        lease.release()
        holder.kill()
        holder.wait()
    lease = PortLease(run)
    assert set(held) <= set(lease.take(6))  # a port of another process may be free again meanwhile
    lease.release()
