"""Variables in values, replaced as in Compose.

``$VAR``, ``${VAR}``, ``${VAR:-default}``, ``${VAR-default}``, ``${VAR:?message}``,
``${VAR?message}``, ``${VAR:+instead}``, ``${VAR+instead}``, ``$$`` for a dollar sign;
defaults may nest. Source: docs.docker.com/reference/compose-file/interpolation.
"""

import re
from collections.abc import Mapping, MutableSequence

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


class BadVariable(ValueError):
    """A reference is malformed, or its variable must be set and is not."""


def substitute(
    text: str, variables: Mapping[str, str], unset: MutableSequence[str] | None = None
) -> str:
    """``text`` with its variables replaced.

    Args:
        text: as written.
        variables: values by name.
        unset: receives the names that had no value and no default, and became empty.

    Raises:
        BadVariable: see there.
    """
    done: list[str] = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        done.append(text[at:dollar])
        value, at = _reference(text, dollar + 1, variables, [] if unset is None else unset)
        done.append(value)
    return "".join([*done, text[at:]])


def _reference(
    text: str, at: int, variables: Mapping[str, str], unset: MutableSequence[str]
) -> tuple[str, int]:
    if text.startswith("$", at):
        return "$", at + 1
    if text.startswith("{", at):
        end = _closing_brace(text, at)
        return _braced(text[at + 1 : end], variables, unset), end + 1
    name = _NAME.match(text, at)
    if name is None:
        raise BadVariable(f"'$' in {text!r} is not a variable; write '$$' for a dollar sign")
    return _plain(name.group(), variables, unset), name.end()


def _closing_brace(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        if text[at] == "{" and text[at - 1] == "$":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    raise BadVariable(f"'${{' in {text!r} is not closed")


def _braced(inside: str, variables: Mapping[str, str], unset: MutableSequence[str]) -> str:
    name = _NAME.match(inside)
    if name is None:
        raise BadVariable(f"'${{{inside}}}' names no variable")
    rest = inside[name.end() :]
    if not rest:
        return _plain(name.group(), variables, unset)
    operator = next((known for known in _OPERATORS if rest.startswith(known)), None)
    if operator is None:
        raise BadVariable(f"'${{{inside}}}' is not one of the forms {', '.join(_OPERATORS)}")
    return _operate(name.group(), operator, rest[len(operator) :], variables, unset)


def _operate(
    name: str,
    operator: str,
    operand: str,
    variables: Mapping[str, str],
    unset: MutableSequence[str],
) -> str:
    value = variables.get(name)
    counts = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("+"):
        return substitute(operand, variables, unset) if counts else ""
    if counts and value is not None:
        return value
    if operator.endswith("?"):
        message = substitute(operand, variables, unset)
        raise BadVariable(f"the variable {name} must be set" + (f": {message}" if message else ""))
    return substitute(operand, variables, unset)


def _plain(name: str, variables: Mapping[str, str], unset: MutableSequence[str]) -> str:
    if name not in variables:
        unset.append(name)
    return variables.get(name, "")
