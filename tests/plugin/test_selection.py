"""Which scenarios run, and which declarations are refused before anything starts."""

import pytest

import gonogo.plugin
from gonogo.observation import from_json
from gonogo.vocabulary import DeclaredFault, Scenario
from tests.plugin.conftest import Runner

pytest_plugins = ["pytester"]

MIXED = """
    @pytest.mark.phase("contract")
    def test_contract(): pass

    @pytest.mark.phase("load")
    def test_load(): pass

    @pytest.mark.phase("faults")
    @pytest.mark.profile("chaos", "soak")
    @pytest.mark.fault(label="freeze", selector="web", window_s=3)
    def test_chaos(): pass

    @pytest.mark.phase("faults")
    @pytest.mark.fault("positional", "st*", 1.5)
    @pytest.mark.fault(label="second", selector="web", window_s=2)
    def test_faults(): pass
"""


def collect(runner: Runner, source: str, *arguments: str) -> dict[str, Scenario]:
    """What ``--collection`` writes for the gate, by the name of the test."""
    file = runner.folder / "collection.json"
    done = runner.pytest(
        source, *runner.arguments(), "--collect-only", "-q", "--collection", str(file), *arguments
    )
    assert done.code == 0, done.output
    assert not done.events, "collecting is no part of the run and opens no event file"
    found = from_json(file.read_bytes(), list[Scenario])
    return {each.test.rpartition("::")[2]: each for each in found}


def test_collection_lists_the_profile(runner: Runner) -> None:
    """All phases of the profile are listed with their faults; other profiles are not."""
    found = collect(runner, MIXED)
    assert {name: each.phase for name, each in found.items()} == {
        "test_contract": "contract",
        "test_load": "load",
        "test_faults": "faults",
    }
    test = found["test_faults"].test
    assert set(found["test_faults"].faults) == {
        DeclaredFault("positional", "st*", 1.5, test),
        DeclaredFault("second", "web", 2, test),
    }


def test_collection_of_another_profile(runner: Runner) -> None:
    """A scenario marked for two profiles is in the second one too."""
    found = collect(runner, MIXED, "--profile", "soak")
    assert "test_chaos" in found


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('pytest.importorskip("no_such_library")', "no_such_library"),
        ('pytest.skip("not today", allow_module_level=True)', "not today"),
    ],
)
def test_a_module_that_skips_itself_is_refused(runner: Runner, source: str, why: str) -> None:
    """It is refused, because its scenarios would be missing without a record."""
    file = runner.folder / "collection.json"
    (runner.folder / "test_other.py").write_text(
        'import pytest\n\n@pytest.mark.phase("contract")\ndef test_other(): pass\n'
    )
    done = runner.pytest(
        source, "test_other.py", *runner.arguments(),
        "--collect-only", "-q", "--collection", str(file),
    )  # fmt: skip
    assert done.code == pytest.ExitCode.USAGE_ERROR, done.output
    assert "test_it.py" in done.output
    assert why in done.output
    assert not file.exists()


def test_a_phase_runs_its_scenarios_only(runner: Runner) -> None:
    """``--phase faults`` runs the fault scenarios of the profile and deselects the rest."""
    done = runner.phase(MIXED, phase="faults")
    assert done.outcomes() == {"test_faults": "passed"}
    assert "3 deselected" in done.output


def test_an_unknown_phase_option_is_refused(runner: Runner) -> None:
    """``--phase contarct`` is refused with the valid ones, and nothing is recorded."""
    done = runner.phase(MIXED, phase="contarct")
    assert done.code == pytest.ExitCode.USAGE_ERROR
    assert "'contract', 'load', 'faults', 'ledger'" in done.output
    assert not done.events


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (
            '@pytest.mark.phase("load")\n@pytest.mark.profile("defualt")',
            ["'defualt'", "valid: default"],
        ),
        ("", ["declares no phase", "contract, load, faults, ledger", "pytestmark"]),
        ('@pytest.mark.phase("contarct")', ["'contarct'", "contract, load, faults, ledger"]),
        ("@pytest.mark.phase", ["declares no phase"]),
        ('@pytest.mark.phase("load")\n@pytest.mark.fault(label="x", selector="web")', ["window_s"]),
        (
            '@pytest.mark.phase("load")\n'
            '@pytest.mark.fault(label="x", selector="web", window_s=1, colour=2)',
            ["colour"],
        ),
        (
            '@pytest.mark.phase("load")\n'
            '@pytest.mark.fault("y", label="x", selector="web", window_s=1)',
            ["label"],
        ),
        (
            '@pytest.mark.phase("load")\n'
            '@pytest.mark.fault(label="x", selector="web", window_s="3 s")',
            ["window_s", "'3 s'", "seconds"],
        ),
        (
            '@pytest.mark.phase("load")\n'
            '@pytest.mark.fault(label="x", selector="web", window_s=-1)',
            ["window_s", "-1"],
        ),
        (
            '@pytest.mark.phase("load")\n'
            '@pytest.mark.fault(label="x", selector="web", window_s=float("inf"))',
            ["window_s", "inf"],
        ),
        (
            '@pytest.mark.phase("load")\n'
            '@pytest.mark.fault(label="x", selector="web", window_s=True)',
            ["window_s", "True"],
        ),
        (
            '@pytest.mark.phase("load")\n'
            '@pytest.mark.fault(label=None, selector="web", window_s=1)',
            ["label", "None"],
        ),
        (
            '@pytest.mark.phase("load")\n@pytest.mark.fault(label="x", selector="", window_s=1)',
            ["selector"],
        ),
    ],
)
def test_a_wrong_declaration_is_refused(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mark: str, words: list[str]
) -> None:
    """A scenario that declares its phase or fault wrongly stops the collection, by name."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    file = pytester.path / "collection.json"
    pytester.makepyfile(test_it=f"import pytest\n\n{mark}\ndef test_wrong(): pass")
    run = ["--run-dir", str(pytester.path), "--target-file", "compose.yaml"]
    done = pytester.runpytest_inprocess(
        *run, "--collect-only", "--collection", str(file),
        plugins=[gonogo.plugin],
    )  # fmt: skip
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    output = done.stdout.str() + done.stderr.str()
    for word in ["test_it.py::test_wrong", *words]:
        assert word in output
    assert not file.exists(), "a half-read collection must not look like a whole one"
