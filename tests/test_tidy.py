"""The house rules that no linter knows."""

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINES_MAX = 400
FUNCTION_LINES_MAX = 70
REEXPORTING = [
    "gonogo.backends", "gonogo.edges", "gonogo.judgement", "gonogo.judgement.metrics",
    "gonogo.linux", "gonogo.observation", "gonogo.ownership", "gonogo.plugin", "gonogo.probes",
    "gonogo.provision", "gonogo.services", "gonogo.target", "gonogo.vocabulary",
    "gonogo_faults", "gonogo_faults.mechanisms", "gonogo_faults.undo",
    "gonogo_load", "gonogo_load.closed", "gonogo_load.open", "gonogo_reports",
    "gonogo_reports.document", "gonogo_reports.formats", "gonogo_reports.page",
]  # fmt: skip


def _tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


def test_files_are_small() -> None:
    """No source file is longer than 400 lines."""
    long = {
        str(path.relative_to(ROOT)): count
        for path in _tracked(".py", ".rs", ".ts", ".tsx", ".js", ".css", ".lua")
        if (count := len(path.read_text().splitlines())) > LINES_MAX
    }
    assert long == {}


def test_functions_are_short() -> None:
    """No Python function is longer than 70 lines."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in _tracked(".py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert long == []


def test_tests_state_their_claim() -> None:
    """Every test function has a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in _tracked(".py")
        if path.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_unfinished_business() -> None:
    """No file carries a note to do something later."""
    pattern = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
    marked = [
        str(path.relative_to(ROOT))
        for path in _tracked(".py", ".rs", ".ts", ".tsx", ".js", ".toml", ".yaml", ".ini")
        if pattern.search(path.read_text())
    ]
    assert marked == []


@pytest.mark.parametrize("name", REEXPORTING)
def test_all_is_sorted_and_true(name: str) -> None:
    """A room's __all__ is sorted, free of repeats, and every name in it exists."""
    module = importlib.import_module(name)
    assert module.__all__ == sorted(set(module.__all__))
    assert [each for each in module.__all__ if not hasattr(module, each)] == []


def test_links_in_documents_lead_somewhere() -> None:
    """Every relative link and image in a Markdown file exists."""
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in _tracked(".md")
        # Code is left out: a pattern in it may look like a link.
        for target in re.findall(r"\]\(([^)#\s]+)", re.sub(r"(?s)(`+).*?\1", "", path.read_text()))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []
