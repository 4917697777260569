"""Files of variables: ``.env`` beside the Compose file and a service's ``env_file``."""

import re
from collections.abc import Mapping
from pathlib import Path

from gonogo.target.compose.interpolate import BadVariable, substitute
from gonogo.vocabulary import UsageError

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?P<value>.*)")
_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\"}


def read_env_file(path: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of the file. A value may use earlier lines and ``variables``.

    In single quotes, text stays as it is. In double quotes and without quotes, variables are
    replaced. A value on several lines is not supported.

    Raises:
        UsageError: a line is not ``NAME=value``, a variable is malformed, or the file is not UTF-8.
    """
    found: dict[str, str] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"it is not UTF-8: {error}", where=str(path)) from error
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        where = f"{path}, line {number}"
        if match is None:
            raise UsageError("expected NAME=value", where=where)
        try:
            found[match["name"]] = _value(match["value"], {**found, **variables})
        except BadVariable as error:
            raise UsageError(str(error), where=where) from error
    return found


def _value(text: str, variables: Mapping[str, str]) -> str:
    if text[:1] in {"'", '"'}:
        end = text.find(text[0], 1)
        while text[0] == '"' and end > 0 and text[end - 1] == "\\":
            end = text.find('"', end + 1)
        if end < 0:
            raise BadVariable("the quote is not closed; a value must be on one line")
        inside = text[1:end]
        if text[0] == "'":
            return inside
        unescaped = re.sub(r"\\[nrt\"\\]", lambda found: _ESCAPES[found.group()], inside)
        return substitute(unescaped, variables)
    return substitute(re.split(r"\s+#", text, maxsplit=1)[0].rstrip(), variables)
