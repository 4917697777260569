"""Password hashing with Argon2id."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second choice: 19 MiB, two passes; about 30 ms on one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# A crowd logging in at once must not take a gigabyte nor every core.
_AT_ONCE_MAX = 4
_slots = threading.BoundedSemaphore(_AT_ONCE_MAX)
# Verified against when the account does not exist, so that both cases take as long.
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash to store."""
    with _slots:
        return _HASHER.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether a password belongs to a hash; takes as long when there is none."""
    with _slots:
        try:
            _HASHER.verify(stored or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None
