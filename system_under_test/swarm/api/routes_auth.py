"""Accounts and tokens."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint

from swarm.api.idempotency import once
from swarm.api.models import LoginBody, RegisterBody
from swarm.api.passwords import hash_password, password_matches
from swarm.api.problems import Problem
from swarm.api.security import caller
from swarm.api.services import services
from swarm.api.times import iso
from swarm.api.tokens import TOKEN_LIFE_S
from swarm.memory import Account, DuplicateAccount

blueprint = APIBlueprint("auth", __name__, url_prefix="/api/auth", tag="auth")


def _account_document(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "email": account.email,
        "role": account.role,
        "created_at": iso(account.created_ms),
    }


def _token_document(account_id: str, role: str) -> dict[str, Any]:
    return {
        "access_token": services().tokens.issue(account_id, role),
        "token_type": "bearer",
        "expires_in": TOKEN_LIFE_S,
    }


@blueprint.post("/login")
@blueprint.input(LoginBody, arg_name="body")
def login(body: LoginBody) -> dict[str, Any]:
    """Exchange credentials for a token."""
    found = services()
    limit = found.settings.login_failures_per_minute_max
    found.accounts.check_login_failures(body.email, limit)
    account = found.accounts.find(body.email)
    stored = account.password_hash if account else None
    if not password_matches(body.password, stored) or account is None:
        found.accounts.note_login_failure(body.email, limit)
        raise Problem(401, "email or password is wrong", headers={"WWW-Authenticate": "Bearer"})
    found.accounts.clear_login_failures(body.email, limit)
    return {**_token_document(account.id, account.role), "account": _account_document(account)}


@blueprint.post("/register")
@blueprint.input(RegisterBody, arg_name="body")
def register(body: RegisterBody) -> tuple[dict[str, Any], int]:
    """Create an account."""
    try:
        account = services().accounts.create(
            uuid.uuid4().hex,
            email=body.email,
            password_hash=hash_password(body.password),
            role="user",
            once=once(f"register {body.email.lower()}"),
        )
    except DuplicateAccount:
        raise Problem(409, "the address already has an account") from None
    return _account_document(account), 201


@blueprint.get("/me")
def me() -> dict[str, Any]:
    """Say who the token stands for."""
    account = services().accounts.read(caller().account_id)
    if account is None:
        raise Problem(
            401, "the account does not exist any more", headers={"WWW-Authenticate": "Bearer"}
        )
    return _account_document(account)


@blueprint.post("/logout")
def logout() -> tuple[str, int]:
    """Revoke the token."""
    token = caller().token
    services().accounts.revoke(token.id, token.left_s)
    return "", 204


@blueprint.post("/refresh")
def refresh() -> dict[str, Any]:
    """Exchange a token for a new one; the old one is revoked."""
    found = caller()
    fresh = _token_document(found.account_id, found.role)
    services().accounts.revoke(found.token.id, found.token.left_s)
    return fresh
