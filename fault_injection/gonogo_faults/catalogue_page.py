"""The catalogue as a document: what each fault's file says, as a page or in a terminal."""

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gonogo.backends import BACKENDS, backends_for, capability_table
from gonogo.vocabulary import Capability, Fault, NoopFault, UsageError
from gonogo_faults.catalogue import CATALOGUE

FIELDS = (
    "Mechanism",
    "Parameters",
    "Proof of bite",
    "Undo",
    "Proof of absence",
    "Backends",
    "Source",
)
# noop stands for a fault in tests: it has no effect and no file.
_NAMES = sorted(CATALOGUE.keys() - {"noop"})
_COLUMNS = 100
_REQUIRED = ("Mechanism", "Proof of bite", "Undo", "Backends")
_BEGINS = re.compile(rf"(Parameter|{'|'.join(FIELDS)})\b:? ?")
_TITLE = re.compile(r"(?P<name>[a-z-]+): (?P<what>.+)")
_HEAD = """# The catalogue of faults

Written by `gonogo faults --markdown` from the files in
`fault_injection/gonogo_faults/catalogue/`. How they are used:
[injecting-faults.md](injecting-faults.md). How one is added:
[adding-a-fault.md](adding-a-fault.md). Where a fault can be injected follows from what it
needs and what each backend can do.

"""
_CAPABILITIES = """
## What each backend can do

"""
_HEADS = ("fault", "on", "parameters", *BACKENDS, "")
_NOOP = "no effect; for tests"


@dataclass(frozen=True, slots=True)
class Entry:
    """One fault as its file describes it.

    Attributes:
        name: in the catalogue.
        what: what happens, one sentence.
        selects: services or edges.
        signature: its parameters with their defaults.
        needs: what a backend must be able to do.
        fields: by the names in ``FIELDS``; those it does not need are left out.
    """

    name: str
    what: str
    selects: str
    signature: str
    needs: frozenset[Capability]
    fields: Mapping[str, str]

    def __str__(self) -> str:
        """For a terminal."""
        told = [f"{field}: {self.fields[field]}" for field in FIELDS if field in self.fields]
        parts = [f"{self.name}({self.signature}) on {self.selects}", self.what, *told]
        return "\n".join(textwrap.fill(each, _COLUMNS) for each in parts).replace("``", "")


def describe(name: str) -> Entry:
    """Read one fault's file.

    Raises:
        UsageError: there is no such fault, or its file does not say what it must.
    """
    if name not in _NAMES:
        raise UsageError(f"there is no fault {name!r}", alternatives=_NAMES)
    factory = CATALOGUE[name]
    module = inspect.getmodule(factory)
    lines = (inspect.getdoc(module) or "").splitlines()
    title = _TITLE.fullmatch(lines[0]) if lines else None
    fields = _fields(lines[1:])
    missing = [field for field in _REQUIRED if field not in fields]
    if title is None or title["name"] != name or missing:
        what = f"lacks {', '.join(missing)}" if missing else f"does not begin with '{name}: …'"
        raise UsageError(
            f"the file of fault {name} {what}",
            where=str(module and module.__file__),
            alternatives=FIELDS,
        )
    selects = getattr(factory, "selects", "services")
    return Entry(
        name=name,
        what=title["what"],
        selects=selects if isinstance(selects, str) else "services",
        signature=", ".join(map(_parameter, inspect.signature(factory).parameters.values())),
        needs=_needs_of(factory),
        fields=fields,
    )


def catalogue_page() -> str:
    """The page ``docs/faults.md``: a table of all by backend, then a section for each."""
    entries = [describe(name) for name in _NAMES]
    table = [
        _row(*_HEADS),
        f"|{'---|' * len(_HEADS)}\n",
        *(
            _row(f"[`{each.name}`](#{each.name})", each.selects, _code(each.signature),
                 *_where(each.needs), each.what)
            for each in entries
        ),
        _row("`noop`", "services", "", *_where(NoopFault().needs), _NOOP),
    ]  # fmt: skip
    sections = "".join(_section(each) for each in entries)
    return _HEAD + "".join(table) + _CAPABILITIES + capability_table() + sections


def catalogue_list() -> str:
    """A line about each fault, for a terminal."""
    width = max(map(len, _NAMES))
    return "".join(f"{name:<{width}}  {describe(name).what}\n" for name in _NAMES)


def _fields(lines: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    current = ""
    for line in lines:
        begins = _BEGINS.match(line)
        if begins:
            current = "Parameters" if begins[1] == "Parameter" else begins[1]
        text = line[begins.end() :] if begins else line
        if current and text.strip():
            found.setdefault(current, []).append(text.strip())
    return {field: " ".join(text) for field, text in found.items()}


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    return f"{parameter.name}={parameter.default!r}"


def _needs_of(factory: Callable[..., Fault]) -> frozenset[Capability]:
    # Of the class, for some faults cannot be made without parameters.
    needs: frozenset[Capability] = factory.needs  # type: ignore[attr-defined]
    return needs


def _where(needs: frozenset[Capability]) -> list[str]:
    """For each backend, whether a fault with these needs can be injected there."""
    able = backends_for(needs)
    return ["yes" if name in able else "no" for name in BACKENDS]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n".replace("|  |", "| |")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _section(entry: Entry) -> str:
    told = "\n".join(
        f"- {field}: {entry.fields[field]}" for field in FIELDS if field in entry.fields
    )
    return f"\n## {entry.name}\n\n{entry.what[0].upper()}{entry.what[1:]}\n\n{told}\n".replace(
        "``", "`"
    )
