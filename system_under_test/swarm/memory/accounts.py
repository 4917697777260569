"""Accounts: people and programs that may sign in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from swarm.memory.errors import applied
from swarm.store import Once, Store


class DuplicateAccount(Exception):
    """The address has an account already."""


class TooMany(Exception):
    """A limit was met."""

    def __init__(self, retry_s: float) -> None:
        super().__init__(f"try again in {retry_s:.1f} s")
        self.retry_s = retry_s


class TokenRevoked(Exception):
    """The token was given back."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored."""

    id: str
    email: str
    password_hash: str = field(repr=False)
    role: str
    created_ms: int


class AccountBook:
    """Creates and finds accounts, counts what they do, revokes their tokens."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self,
        account_id: str,
        *,
        email: str,
        password_hash: str,
        role: str,
        once: Once | None = None,
    ) -> Account:
        """Create an account; raises DuplicateAccount."""
        reply = self._store.run(
            "user_create", account_id, email.lower(), password_hash, role, once=once
        )
        if reply[0] == "duplicate":
            raise DuplicateAccount
        account = self.read(str(applied(reply)[0]))
        if account is None:
            raise RuntimeError("an account that was just created is gone")
        return account

    def read(self, account_id: str) -> Account | None:
        """Return an account by id."""
        fields = self._store.fields("user", account_id)
        if not fields:
            return None
        return Account(
            id=fields["id"],
            email=fields["email"],
            password_hash=fields["password_hash"],
            role=fields["role"],
            created_ms=int(fields["created_ms"]),
        )

    def find(self, email: str) -> Account | None:
        """Return an account by address, in any case."""
        account_id = self._store.field("users", email.lower())
        return self.read(account_id) if account_id else None

    def authorize(self, token_id: str, account_id: str, requests_per_minute_max: int) -> None:
        """Count a request; raises TokenRevoked or TooMany."""
        reply = self._store.run("authorize", token_id, account_id, requests_per_minute_max)
        if reply[0] == "revoked":
            raise TokenRevoked
        _raise_limit(reply)

    def revoke(self, token_id: str, left_s: float) -> None:
        """Revoke a token for the rest of its life."""
        self._store.run("revoke", token_id, max(1, int(left_s * 1000)))

    def check_login_failures(self, email: str, per_minute_max: int) -> None:
        """Raise TooMany when an address had too many failed logins."""
        self._count_failures(email, per_minute_max, "look")

    def note_login_failure(self, email: str, per_minute_max: int) -> None:
        """Count a failed login; raises TooMany when others met the limit meanwhile."""
        self._count_failures(email, per_minute_max, "failed")

    def clear_login_failures(self, email: str, per_minute_max: int) -> None:
        """Forget failed logins after a success; raises TooMany like a failure."""
        self._count_failures(email, per_minute_max, "succeeded")

    def _count_failures(self, email: str, limit: int, event: str) -> None:
        # Hashed: an address someone tried is personal data, and may be of any length.
        name = hashlib.sha256(email.lower().encode()).hexdigest()
        _raise_limit(self._store.run("login_failures", name, limit, event))


def _raise_limit(reply: list[object]) -> None:
    if reply[0] == "limit":
        raise TooMany(int(str(reply[1])) / 1000)
