"""The room itself: what it exports and what it may import."""

import ast
from pathlib import Path

import gonogo.judgement

ROOM = Path(gonogo.judgement.__file__).parent
ALLOWED = ("gonogo.judgement", "gonogo.observation", "gonogo.vocabulary")


def test_public_names_are_sorted_and_there() -> None:
    """``__all__`` is sorted and every name in it exists."""
    names = gonogo.judgement.__all__
    assert names == sorted(names)
    assert all(hasattr(gonogo.judgement, name) for name in names)


def test_it_imports_only_what_lies_below() -> None:
    """Never environment, target, probes or anything else of the harness."""
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("harness"):
                assert str(node.module).startswith(ALLOWED), f"{path.name}: {node.module}"
