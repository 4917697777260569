"""Variables in values."""

import pytest

from gonogo.target.compose.interpolate import BadVariable, substitute
from gonogo.vocabulary import UsageError
from tests.target.conftest import Load

VARIABLES = {"SET": "s", "EMPTY": ""}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("$SET-$SET", "s-s"),
        ("${SET}x", "sx"),
        ("${UNSET:-d}|${UNSET-d}", "d|d"),
        ("${EMPTY:-d}|${EMPTY-d}", "d|"),
        ("${SET:?m}${SET?m}${EMPTY?m}", "ss"),
        ("${SET:+i}|${EMPTY:+i}|${EMPTY+i}|${UNSET+i}", "i||i|"),
        ("${UNSET:-a${UNSET:-${SET}}b}", "asb"),
        ("$$SET $${SET}", "$SET ${SET}"),
        ("redis://:${SET}@redis:6379/0", "redis://:s@redis:6379/0"),
        ("${UNSET:-a:-b}", "a:-b"),
        ("no dollar", "no dollar"),
    ],
)
def test_forms(written: str, value: str) -> None:
    """Each form gives what Compose gives."""
    assert substitute(written, VARIABLES) == value


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("${UNSET:?set it}", "UNSET must be set: set it"),
        ("${EMPTY:?}", "EMPTY must be set"),
        ("${UNSET?}", "UNSET must be set"),
        ("${SET", "not closed"),
        ("${}", "names no variable"),
        ("${SET!x}", "not one of the forms"),
        ("cost: $5", "write '\\$\\$'"),
        ("end$", "write '\\$\\$'"),
    ],
)
def test_bad_forms(written: str, says: str) -> None:
    """What cannot be resolved is an error that says how to write it."""
    with pytest.raises(BadVariable, match=says):
        substitute(written, VARIABLES)


def test_an_error_names_the_place(load: Load) -> None:
    """A variable that must be set and is not is an error with file, line and key."""
    with pytest.raises(UsageError) as caught:
        load(api="environment: {A: '${NEEDED:?set it}'}")
    assert caught.value.where.endswith("compose.yaml, line 5: services.api.environment.A")
    assert "NEEDED" in caught.value.what
