"""YAML as Compose reads it, and the line of every key."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from gonogo.vocabulary import UsageError

KeyPath = tuple[str | int, ...]

_MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """SafeLoader without the types of YAML 1.1 that Compose does not have.

    Compose reads ``22:22``, ``yes`` and ``2020-01-01`` as text. PyYAML would read a number in base
    60, a boolean and a date.
    """

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - PyYAML's own shape


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", r"^<<$", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read_yaml(path: Path) -> tuple[Any, Mapping[KeyPath, int]]:
    """The document and the line (from 1) of every key path in it.

    Raises:
        UsageError: unreadable, not YAML, a duplicate key or an alias inside itself.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the file: {error}", where=str(path)) from error
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise UsageError("the file is empty", where=str(path))
        lines = dict(_lines(root, (), path, ()))
        return loader.construct_document(root), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or error.context or "syntax error"
        raise UsageError(f"not YAML: {problem}", where=f"{path}, line {line}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"not YAML: {error}", where=str(path)) from error
    finally:
        loader.dispose()


def _missing(path: Path) -> UsageError:
    beside = sorted(str(found) for found in path.parent.glob("*.y*ml"))[:5]
    return UsageError("no such file", where=str(path), alternatives=beside)


def _lines(
    node: yaml.Node, at: KeyPath, path: Path, above: tuple[int, ...]
) -> Iterator[tuple[KeyPath, int]]:
    if id(node) in above:
        raise UsageError(
            "an alias is inside its own anchor",
            where=f"{path}, line {node.start_mark.line + 1}",
        )
    above = (*above, id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield (*at, index), item.start_mark.line + 1
            yield from _lines(item, (*at, index), path, above)
    elif isinstance(node, yaml.MappingNode):
        yield from _mapping_lines(node, at, path, above)


def _mapping_lines(
    node: yaml.MappingNode, at: KeyPath, path: Path, above: tuple[int, ...]
) -> Iterator[tuple[KeyPath, int]]:
    # Merged keys come first, so that the mapping's own keys replace their lines.
    for key, value in node.value:
        if key.tag == _MERGE:
            sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for source in sources:
                yield from _lines(source, at, path, above)
    seen: dict[str, int] = {}
    for key, value in node.value:
        if key.tag == _MERGE:
            continue
        line, name = key.start_mark.line + 1, str(key.value)
        if name in seen:
            raise UsageError(
                f"the key {name!r} is twice in one mapping, first in line {seen[name]}",
                where=f"{path}, line {line}",
                hint="remove one of them",
            )
        seen[name] = line
        yield (*at, name), line
        yield from _lines(value, (*at, name), path, above)
