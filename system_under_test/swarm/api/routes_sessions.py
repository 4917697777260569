"""Sessions and their shared context."""

from __future__ import annotations

import json
import uuid
from typing import Any

from apiflask import APIBlueprint

from swarm.api.idempotency import once
from swarm.api.models import ContextBody, PageQuery, SessionBody, SessionPatch, SessionsQuery
from swarm.api.problems import Problem
from swarm.api.security import caller
from swarm.api.services import services
from swarm.api.times import iso
from swarm.memory import ANY, ContextEntry, Session
from swarm.store import Missing

blueprint = APIBlueprint("sessions", __name__, url_prefix="/api/sessions", tag="sessions")

CONTEXT_KEY_CHARS_MAX = 200


def _session_document(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "name": session.name,
        "metadata": json.loads(session.metadata),
        "status": session.status,
        "version": session.version,
        "created_at": iso(session.created_ms),
        "updated_at": iso(session.updated_ms),
        "expires_at": iso(session.expires_ms),
    }


def _entry_document(entry: ContextEntry) -> dict[str, Any]:
    return {"key": entry.key, "value": json.loads(entry.value), "version": entry.version}


def _check_access(session_id: str) -> None:
    owner = services().sessions.owner(session_id)
    if owner is None or not caller().may_see(owner):
        raise Missing


def _check_key(key: str) -> None:
    if len(key) > CONTEXT_KEY_CHARS_MAX:
        raise Problem(400, f"a context key has at most {CONTEXT_KEY_CHARS_MAX} characters")


@blueprint.post("")
@blueprint.input(SessionBody, arg_name="body")
def create(body: SessionBody) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Create a session."""
    found = services()
    session = found.sessions.create(
        uuid.uuid4().hex,
        owner=caller().account_id,
        name=body.name,
        metadata=json.dumps(body.metadata),
        ttl_s=body.ttl_s or found.settings.session_ttl_s,
        once=once(caller().account_id),
    )
    return _session_document(session), 201, {"Location": f"/api/sessions/{session.id}"}


@blueprint.get("")
@blueprint.input(SessionsQuery, location="query", arg_name="query")
def list_sessions(query: SessionsQuery) -> dict[str, Any]:
    """List sessions, newest first."""
    page = services().sessions.page(
        owner=caller().scope,
        status=query.status or ANY,
        page=query.page,
        per_page=query.per_page,
    )
    return {
        "sessions": [_session_document(session) for session in page.items],
        "total": page.total,
        "page": query.page,
        "per_page": query.per_page,
    }


@blueprint.get("/<session_id>")
def read(session_id: str) -> dict[str, Any]:
    """Return a session."""
    session = services().sessions.read(session_id)
    if not caller().may_see(session.owner):
        raise Missing
    return _session_document(session)


@blueprint.patch("/<session_id>")
@blueprint.input(SessionPatch, arg_name="body")
def update(session_id: str, body: SessionPatch) -> dict[str, Any]:
    """Change a session; 409 when the version is another or the session has ended."""
    _check_access(session_id)
    given = body.model_dump(exclude_none=True, exclude={"version"})
    if "metadata" in given:
        given["metadata"] = json.dumps(given["metadata"])
    session = services().sessions.update(
        session_id, **given, expected_version=body.version, once=once(caller().account_id)
    )
    return _session_document(session)


@blueprint.delete("/<session_id>")
def delete(session_id: str) -> tuple[str, int]:
    """Delete a session with all its context."""
    # A repeat with the same key must succeed although the session is deleted: so no 404 here.
    operation = once(caller().account_id)
    owner = services().sessions.owner(session_id)
    if owner is not None and not caller().may_see(owner):
        raise Missing
    services().sessions.delete(session_id, once=operation)
    return "", 204


@blueprint.get("/<session_id>/context")
@blueprint.input(PageQuery, location="query", arg_name="query")
def list_context(session_id: str, query: PageQuery) -> dict[str, Any]:
    """List a session's context values, by key."""
    _check_access(session_id)
    entries = services().context.read_all(session_id)
    first = (query.page - 1) * query.per_page
    return {
        "context": [_entry_document(entry) for entry in entries[first : first + query.per_page]],
        "total": len(entries),
        "page": query.page,
        "per_page": query.per_page,
    }


@blueprint.get("/<session_id>/context/<key>")
def read_context(session_id: str, key: str) -> dict[str, Any]:
    """Return one context value."""
    _check_key(key)
    _check_access(session_id)
    return _entry_document(services().context.read(session_id, key))


@blueprint.put("/<session_id>/context/<key>")
@blueprint.input(ContextBody, arg_name="body")
def write_context(session_id: str, key: str, body: ContextBody) -> dict[str, Any]:
    """Write one context value; 409 with the current version when another is expected."""
    _check_key(key)
    _check_access(session_id)
    entry = services().context.write(
        session_id,
        key,
        json.dumps(body.value),
        expected_version=body.version,
        once=once(caller().account_id),
    )
    return _entry_document(entry)
