"""The background threads of a worker."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable

import structlog

from swarm.api.hub import Hub
from swarm.api.passwords import hash_password
from swarm.api.security import ADMIN
from swarm.api.services import Services
from swarm.memory import DuplicateAccount
from swarm.store import StoreUnavailable

RETRY_S = 0.5

_log = structlog.get_logger()


def start_background(found: Services, hub: Hub, alive: Callable[[], bool]) -> None:
    """Start the hub and create the bootstrap account, each in a thread of its own."""
    threading.Thread(target=hub.run, args=(alive,), name="hub", daemon=True).start()
    threading.Thread(
        target=_create_bootstrap_account, args=(found, alive), name="bootstrap", daemon=True
    ).start()


def _create_bootstrap_account(found: Services, alive: Callable[[], bool]) -> None:
    """Create the account unless its address already has one; retries while Redis is away."""
    email, password = found.settings.bootstrap_email, found.settings.bootstrap_password
    if email is None or password is None:
        found.bootstrapped.set()
        return
    while alive() and not found.bootstrapped.is_set():
        try:
            if found.accounts.find(email) is None:
                found.accounts.create(
                    uuid.uuid4().hex,
                    email=email,
                    password_hash=hash_password(password),
                    role=ADMIN,
                )
                _log.info("bootstrap.created")
            found.bootstrapped.set()
        except DuplicateAccount:
            # Another worker was faster.
            found.bootstrapped.set()
        except StoreUnavailable:
            time.sleep(RETRY_S)
