"""Password hashing with Argon2id."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second recommendation: 19 MiB, two passes. About 30 ms on one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Many logins at once must not take a gigabyte of memory, nor every core.
_AT_ONCE_MAX = 4
_slots = threading.BoundedSemaphore(_AT_ONCE_MAX)
# Verified against when there is no such account, so that the time does not tell which case it is.
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash to store."""
    with _slots:
        return _HASHER.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether a password belongs to a hash; takes the same time when there is no hash."""
    with _slots:
        try:
            _HASHER.verify(stored or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None
