"""docs/faults.md agrees with the files of the catalogue, and each file is complete."""

from pathlib import Path

import pytest

from gonogo.vocabulary import UsageError
from gonogo_faults import CATALOGUE, catalogue_list, catalogue_page, describe

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def test_the_page_of_the_catalogue_is_what_the_files_say() -> None:
    """Regenerate it: ``gonogo faults --markdown > docs/faults.md``."""
    assert PAGE.read_text() == catalogue_page()


def test_the_list_has_every_fault() -> None:
    """One line a fault, in order."""
    names = [line.split()[0] for line in catalogue_list().splitlines()]
    assert names == sorted(CATALOGUE.keys() - {"noop"})


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - {"noop"}))
def test_each_fault_says_what_it_must(name: str) -> None:
    """Its file describes every parameter by name."""
    entry = describe(name)
    for parameter in filter(None, entry.signature.split(", ")):
        assert f"``{parameter.partition('=')[0]}``" in entry.fields["Parameters"]


def test_a_fault_that_is_not_there() -> None:
    """The error names the faults that exist."""
    with pytest.raises(UsageError, match="power-loss"):
        describe("power-los")
