"""Accounts: people and programs that may sign in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from swarm.store import Once, Reply, Script, Store

_CREATE = Script("swarm.memory", "account_create")
_AUTHORIZE = Script("swarm.memory", "authorize")
_REVOKE = Script("swarm.memory", "revoke")
_LOGIN_FAILURES = Script("swarm.memory", "login_failures")


class DuplicateAccount(Exception):
    """The address already has an account."""


class TooMany(Exception):
    """A limit was reached."""

    def __init__(self, retry_s: float) -> None:
        super().__init__(f"try again in {retry_s:.1f} s")
        self.retry_s = retry_s


class TokenRevoked(Exception):
    """The token was revoked."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored."""

    id: str
    email: str
    password_hash: str = field(repr=False)
    role: str
    created_ms: int


class AccountRepository:
    """Creates and finds accounts, counts requests and failed logins, revokes tokens."""

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
            _CREATE,
            once=once,
            account_id=account_id,
            email=email.lower(),
            password_hash=password_hash,
            role=role,
        )
        if reply.outcome == "duplicate":
            raise DuplicateAccount
        account = self.read(reply.require_ok().text("account_id"))
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
        reply = self._store.run(
            _AUTHORIZE,
            token_id=token_id,
            account_id=account_id,
            requests_per_minute_max=requests_per_minute_max,
        )
        if reply.outcome == "revoked":
            raise TokenRevoked
        _raise_limit(reply)

    def revoke(self, token_id: str, left_s: float) -> None:
        """Revoke a token for the rest of its life."""
        self._store.run(_REVOKE, token_id=token_id, left_ms=max(1, int(left_s * 1000)))

    def check_login_failures(self, email: str, per_minute_max: int) -> None:
        """Raise TooMany when an address had too many failed logins."""
        self._count_failures(email, per_minute_max, "look")

    def note_login_failure(self, email: str, per_minute_max: int) -> None:
        """Count a failed login; raises TooMany when others reached the limit meanwhile."""
        self._count_failures(email, per_minute_max, "failed")

    def clear_login_failures(self, email: str, per_minute_max: int) -> None:
        """Forget failed logins after a success; raises TooMany like a failure."""
        self._count_failures(email, per_minute_max, "succeeded")

    def _count_failures(self, email: str, per_minute_max: int, happened: str) -> None:
        # Hashed, because a tried address is personal data and may have any length.
        name = hashlib.sha256(email.lower().encode()).hexdigest()
        reply = self._store.run(
            _LOGIN_FAILURES,
            account_key=name,
            failures_per_minute_max=per_minute_max,
            happened=happened,
        )
        _raise_limit(reply)


def _raise_limit(reply: Reply) -> None:
    if reply.outcome == "limit":
        raise TooMany(reply.number("retry_ms") / 1000)
