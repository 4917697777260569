"""``x-harness.load`` and ``x-harness.user``: the requests of a load, and the user they are for."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from gonogo.target.description import Operation, SetupStep, TestUser
from gonogo.target.json_pointer import WHOLE_DOCUMENT, JsonPointer
from gonogo.target.node import Node, nearest

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
OF_REQUEST = ("key", "seq", "value")

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_OPERATIONS_MAX = 255  # a record has one byte for the number of its operation


@dataclass(frozen=True, slots=True)
class LoadMix:
    """What ``x-harness.load`` says."""

    timeout_s: float = 10.0
    setup: tuple[SetupStep, ...] = ()
    operations: tuple[Operation, ...] = ()


def read_user(node: Node) -> TestUser:
    """``x-harness.user``."""
    keys = node.mapping(("login", "body", "token"), required=("login", "body", "token"))
    keys["body"].mapping()
    return TestUser(keys["login"].url_path(), keys["body"].value, _pointer(keys["token"]))


def read_load(node: Node) -> LoadMix:
    """``x-harness.load``."""
    keys = node.mapping(("timeout_s", "setup", "operations"), required=("operations",))
    known: list[str] = []
    setup = tuple(_step(item, known) for item in (keys["setup"].items() if "setup" in keys else []))
    operations = tuple(_operation(item, known) for item in keys["operations"].items())
    promises = {operation.name: bool(operation.ledger_read) for operation in operations}
    for item, operation in zip(keys["operations"].items(), operations, strict=True):
        if promises[operation.name] != bool(operation.ledger_read):
            raise item.error(
                f"of the operations {operation.name!r} some have a ledger and some do not",
                hint="give them different names",
            )
    if not 1 <= len(operations) <= _OPERATIONS_MAX:
        raise keys["operations"].error(f"expected 1 to {_OPERATIONS_MAX} operations")
    timeout_s = keys["timeout_s"].number(above=0) if "timeout_s" in keys else LoadMix().timeout_s
    return LoadMix(timeout_s, setup, operations)


def _step(node: Node, known: list[str]) -> SetupStep:
    keys = node.mapping(("request", "body", "status", "capture"), required=("request",))
    method, path = _request(keys["request"])
    _check_placeholders(keys["request"], known)
    if "body" in keys:
        _check_placeholders(keys["body"], known)
    capture = keys["capture"].mapping() if "capture" in keys else {}
    for name, each in capture.items():
        if name in OF_REQUEST or not PLACEHOLDER.fullmatch(f"{{{name}}}"):
            raise each.error(f"{name!r} cannot be the name of a captured value")
    known.extend(capture)
    return SetupStep(
        method=method,
        path=path,
        body=keys["body"].value if "body" in keys else None,
        status=_statuses(keys["status"]) if "status" in keys else SetupStep("", "").status,
        capture={name: _pointer(each) for name, each in capture.items()},
    )


def _operation(node: Node, captured: Collection[str]) -> Operation:
    allowed = ("name", "request", "body", "weight", "status", "json", "authenticated", "ledger")
    keys = node.mapping(allowed, required=("name", "request"))
    method, path = _request(keys["request"])
    for key in ("request", "body"):
        if key in keys:
            _check_placeholders(keys[key], (*captured, *OF_REQUEST))
    read, pointer = _ledger(node, captured) if "ledger" in keys else ("", WHOLE_DOCUMENT)
    # A PUT or POST may create (201), replace (200), or answer without a body (204).
    status = (200,) if method in ("GET", "HEAD") else (200, 201, 204)
    return Operation(
        name=keys["name"].text(),
        method=method,
        path=path,
        body=keys["body"].value if "body" in keys else None,
        weight=keys["weight"].number(above=0) if "weight" in keys else 1.0,
        status=_statuses(keys["status"]) if "status" in keys else status,
        json_keys=keys["json"].texts("a key of the answer") if "json" in keys else (),
        authenticated=keys["authenticated"].flag() if "authenticated" in keys else True,
        ledger_read=read,
        ledger_pointer=pointer,
    )


def _ledger(operation: Node, captured: Collection[str]) -> tuple[str, JsonPointer]:
    keys = operation.mapping()
    node = keys["ledger"]
    ledger = node.mapping(("read", "value"), required=("read", "value"))
    if keys["request"].text().startswith(("GET ", "HEAD ")):
        raise node.error("only a write can have a ledger", alternatives=_METHODS[2:])
    _check_placeholders(ledger["read"], (*captured, "key", "seq"))
    if not {"key", "seq"} & set(_names(ledger["read"].value)):
        raise ledger["read"].error(
            "every write would be read back from the same path", alternatives=("{key}", "{seq}")
        )
    if "{value}" not in _strings(operation.value.get("body")):
        raise node.error(
            "the request writes no {value}, so what is read back cannot be compared",
            hint='let one text in its body be "{value}" and nothing else',
        )
    return ledger["read"].url_path(), _pointer(ledger["value"])


def _request(node: Node) -> tuple[str, str]:
    method, _, path = node.text("a method and a path such as GET /health").partition(" ")
    if method not in _METHODS:
        raise node.error(f"there is no method {method!r}", alternatives=_METHODS)
    if not path.startswith("/") or " " in path:
        raise node.wrong("a method and a path such as GET /health")
    return method, path


def _pointer(node: Node) -> JsonPointer:
    """A JSON pointer. The whole document and the key ``""`` are legal ones, but mistakes here."""
    text = node.text("a JSON pointer such as /id")
    if len(text) < 2 or not text.startswith("/"):
        raise node.wrong("a JSON pointer such as /id")
    try:
        return JsonPointer(text)
    except ValueError as error:
        raise node.error(
            str(error), hint="in a key write ~ as ~0 and / as ~1 (RFC 6901)"
        ) from error


def _statuses(node: Node) -> tuple[int, ...]:
    items = node.items() if isinstance(node.value, list) else [node]
    statuses = tuple(item.integer(at_least=100) for item in items)
    if not statuses or max(statuses) > 599:
        raise node.wrong("HTTP statuses")
    return statuses


def _check_placeholders(node: Node, known: Collection[str]) -> None:
    for name in _names(node.value):
        if name not in known:
            raise node.error(
                f"nothing fills {{{name}}}",
                alternatives=[f"{{{each}}}" for each in nearest(name, known)],
                hint="capture it in an earlier step of load.setup",
            )


def _names(value: Any) -> Iterator[str]:
    for text in _strings(value):
        yield from PLACEHOLDER.findall(text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(key)
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
