"""Authentication: every route except the public ones needs a bearer token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import g, request

from swarm.api.problems import Problem
from swarm.api.services import services
from swarm.api.tokens import BadToken, Token
from swarm.memory import ANY, TokenRevoked

ADMIN = "admin"
PUBLIC_ENDPOINTS = frozenset(
    {
        "auth.login",
        "auth.register",
        "dashboard.asset",
        "dashboard.page",
        "health.live",
        "health.ready",
        "openapi.spec",
        "socket",
    }
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The account behind a request."""

    account_id: str
    role: str
    token: Token

    @property
    def scope(self) -> str:
        """The owner whose things it may list: itself, or any owner for an administrator."""
        return ANY if self.role == ADMIN else self.account_id

    def may_see(self, owner: str) -> bool:
        """Whether it may see and change a thing of this owner."""
        return self.role == ADMIN or owner == self.account_id


def check_token(text: str) -> Caller:
    """Return the caller that a token belongs to; raises BadToken, TokenRevoked, TooMany."""
    found = services()
    token = found.tokens.read(text)
    found.accounts.authorize(token.id, token.account_id, found.settings.requests_per_minute_max)
    return Caller(token.account_id, token.role, token)


def require_token() -> None:
    """Authenticate the current request unless its route is public."""
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
        return
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise _unauthorized("a bearer token is needed")
    try:
        g.caller = check_token(text.strip())
    except BadToken as error:
        raise _unauthorized(f"the token is not valid: {error}") from None
    except TokenRevoked:
        raise _unauthorized("the token was revoked") from None


def _unauthorized(detail: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})


def caller() -> Caller:
    """Return the authenticated caller of the current request."""
    return cast("Caller", g.caller)
