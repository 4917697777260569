"""JSON pointers as RFC 6901 sections 3 and 4 define them, and what the target file refuses."""

from typing import Any

import pytest

from gonogo.target.json_pointer import MISSING, JsonPointer
from gonogo.vocabulary import UsageError
from tests.target.conftest import Load

# The example of RFC 6901 section 5.
DOCUMENT: dict[str, Any] = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_the_specification(pointer: str, value: Any) -> None:
    """Every pointer of RFC 6901 section 5 gives the value the specification names."""
    assert JsonPointer(pointer).resolve(DOCUMENT) == value


@pytest.mark.parametrize(
    ("pointer", "document", "value"),
    [
        ("/~01", {"~1": "yes", "/": "no"}, "yes"),  # ~1 is replaced before ~0
        ("/0", {"0": "a key"}, "a key"),
        ("/01", {"01": "a key"}, "a key"),
        ("/-", {"-": "a key"}, "a key"),
        ("/a", {"a": None}, None),
        ("", "a text", "a text"),
    ],
)
def test_escapes_and_keys_that_look_like_indices(pointer: str, document: Any, value: Any) -> None:
    """In an object every token is a key; null is a value; the document may be a plain text."""
    assert JsonPointer(pointer).resolve(document) == value


@pytest.mark.parametrize(
    ("pointer", "document"),
    [
        ("/1", ["only one"]),
        ("/00", ["only one"]),
        ("/-1", ["only one"]),
        ("/-", ["only one"]),
        ("/-/x", ["only one"]),
        ("/+0", ["only one"]),
        ("/\u0660", ["only one"]),  # a zero that is not ASCII's
        ("/" + "9" * 5000, ["only one"]),
        ("/a", ["only one"]),
        ("/a", {}),
        ("/a/b", {"a": None}),
        ("/a/0", {"a": "text"}),
        ("/a/0", {"a": 5}),
        ("/a", None),
    ],
)
def test_a_place_that_is_not_there_is_missing(pointer: str, document: Any) -> None:
    """An index out of range or not written as the standard says, and a step into a plain value."""
    assert JsonPointer(pointer).resolve(document) is MISSING


@pytest.mark.parametrize("text", ["a", "a/b", "/a~2b", "/a~", "#/a"])
def test_a_text_that_is_no_pointer_is_refused(text: str) -> None:
    """A pointer starts with a slash, and a tilde is only part of ~0 and ~1."""
    with pytest.raises(ValueError, match="is not a JSON pointer"):
        JsonPointer(text)


USER = "user: {{login: /login, body: {{}}, token: '{}'}}"
SETUP = (
    "load: {{setup: [{{request: POST /a, capture: {{id: '{}'}}}}], "
    "operations: [{{name: a, request: GET /a}}]}}"
)
LEDGER = (
    "load: {{operations: [{{name: a, request: 'PUT /a/{{key}}', body: {{v: '{{value}}'}}, "
    "ledger: {{read: '/a/{{key}}', value: '{}'}}}}]}}"
)


@pytest.mark.parametrize("pointer", ["/a~2b", "/a~", "id", "", "/"])
@pytest.mark.parametrize(
    ("gate", "key"),
    [
        (USER, "x-harness.user.token"),
        (SETUP, "x-harness.load.setup.0.capture.id"),
        (LEDGER, "x-harness.load.operations.0.ledger.value"),
    ],
)
def test_the_target_refuses_a_malformed_pointer(
    load: Load, gate: str, key: str, pointer: str
) -> None:
    """The error names file, line and key, before anything is started.

    An empty pointer and a single slash are legal; in a target file they are mistakes.
    """
    with pytest.raises(UsageError, match="JSON pointer") as caught:
        load(gate=gate.format(pointer))
    assert "compose.yaml, line" in caught.value.where
    assert key in caught.value.where


def test_the_target_holds_parsed_pointers(load: Load) -> None:
    """A legal pointer is read once, with the target."""
    target = load(gate=USER.format("/tokens/0/value"))
    assert target.user is not None
    assert target.user.token_pointer == JsonPointer("/tokens/0/value")
