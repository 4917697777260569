"""Loopback ports reserved for a test, also while its server is down."""

from __future__ import annotations

import uuid

from gonogo.services import PortLease


def lease_port() -> int:
    """Return a port that nobody else leases while this process lives."""
    # A lease for each: one lease gives a port that is not bound yet a second time.
    return PortLease(uuid.uuid4().hex).take(1)[0]
