"""Access tokens: JWT, HS256, one hour."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

import jwt

ALGORITHM = "HS256"
TOKEN_LIFE_S = 3600


class BadToken(Exception):
    """The token is malformed, forged or expired."""


@dataclass(frozen=True, slots=True)
class Token:
    """The claims of a token: its id, account, role, and expiry (Unix seconds)."""

    id: str
    account_id: str
    role: str
    expires_s: int

    @property
    def left_s(self) -> float:
        """Seconds until it expires."""
        return self.expires_s - time.time()


class TokenIssuer:
    """Issues and reads tokens with one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def issue(self, account_id: str, role: str) -> str:
        """Return a new token."""
        now_s = int(time.time())
        claims = {
            "sub": account_id,
            "role": role,
            "jti": uuid.uuid4().hex,
            "iat": now_s,
            "exp": now_s + TOKEN_LIFE_S,
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def read(self, text: str) -> Token:
        """Return the claims of a token; raises BadToken."""
        try:
            claims = jwt.decode(
                text,
                self._secret,
                algorithms=[ALGORITHM],
                options={"require": ["sub", "role", "jti", "exp"]},
            )
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise BadToken(type(error).__name__) from None
        return Token(claims["jti"], claims["sub"], str(claims["role"]), int(claims["exp"]))
