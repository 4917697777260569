"""The documents agree with the backend objects."""

from pathlib import Path

import pytest

from gonogo.backends import BACKENDS, CONTAINERS, PROCESSES, backends_for, capability_table
from gonogo.vocabulary import Capability, NoopBackend, missing_capabilities
from gonogo_faults import CATALOGUE, catalogue_page, describe

TABLE = Path(__file__).parents[2] / "docs" / "backends.md"
# The table says how a fault is made in a container and with a local process.
DESCRIBED = (CONTAINERS.name, PROCESSES.name)
NAMES = sorted(CATALOGUE.keys() - {"noop"})


def _rows() -> dict[str, list[str]]:
    """Cells of every row of the faults table, by the name of the fault."""
    text = TABLE.read_text().partition("## Which fault works where")[2].partition("\n## ")[0]
    cells = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip().strip("`"): [cell.strip() for cell in row[1:]] for row in cells}


def test_every_fault_says_how_it_is_made() -> None:
    """Each fault has a row that agrees with what it needs and what the backends can do."""
    documented = {
        name: {each for each, cell in zip(DESCRIBED, row, strict=True) if cell != "no"}
        for name, row in _rows().items()
    }
    real = {name: set(backends_for(describe(name).needs)) & set(DESCRIBED) for name in NAMES}
    assert documented == real
    assert f"| fault | {' | '.join(DESCRIBED)} |" in TABLE.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_faults_own_page_names_the_same_backends(name: str) -> None:
    """The field "Backends" of its file begins with those in which it can be injected."""
    entry = describe(name)
    able = set(backends_for(entry.needs)) & set(DESCRIBED)
    said = entry.fields["Backends"].partition(";")[0].partition(".")[0]
    assert {each for each in DESCRIBED if each in said} == able


def test_the_page_of_faults_has_every_backend_and_capability() -> None:
    """A backend that is registered has a column in both tables, a capability a row."""
    page = catalogue_page()
    assert capability_table() in page
    assert page.count(f" | {' | '.join(BACKENDS)} | |") == 2
    assert all(f"| `{each}` |" in page for each in Capability)


def test_a_backend_that_can_do_nothing_meets_no_need() -> None:
    """What is missing is named in the order of the capabilities; no need is always met."""
    needs = {Capability.MOUNTS, Capability.SIGNAL}
    assert missing_capabilities(NoopBackend(), needs) == [Capability.SIGNAL, Capability.MOUNTS]
    assert missing_capabilities(NoopBackend(), ()) == []
    assert set(backends_for(())) == set(BACKENDS)
