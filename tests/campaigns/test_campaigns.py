"""Campaigns: resumed after an interruption; failed when a round failed."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from tests.campaigns.campaign import Campaign, Round
from tests.campaigns.catalogue import CAMPAIGNS
from tests.campaigns.rows import Rows
from tests.campaigns.runner import run_campaign

GOOD = Round(passed=True, took_s=1.0, said="")
BAD = Round(passed=False, took_s=2.0, said="left: pid 7")


def _campaign(run: Callable[[str], Round]) -> Campaign:
    return Campaign("small", "it holds", ("a", "b", "c"), lambda key, _: run(key))


@pytest.fixture
def console() -> Console:
    """A console without output."""
    return Console(file=io.StringIO())


def test_every_round_is_written_once(tmp_path: Path, console: Console) -> None:
    """A second call runs nothing and gives the same result."""
    ran: list[str] = []

    def run(key: str) -> Round:
        ran.append(key)
        return GOOD

    rows = Rows("small", "s1", tmp_path)
    assert run_campaign(_campaign(run), rows, console)
    assert run_campaign(_campaign(run), rows, console)
    assert ran == ["a", "b", "c"]
    assert len(rows.path.read_text().splitlines()) == 3


def test_it_goes_on_after_an_interruption(tmp_path: Path, console: Console) -> None:
    """Finished rounds are not repeated; the round that was interrupted runs again."""

    def interrupted(key: str) -> Round:
        if key == "b":
            raise KeyboardInterrupt
        return GOOD

    with pytest.raises(KeyboardInterrupt):
        run_campaign(_campaign(interrupted), Rows("small", "s1", tmp_path), console)
    assert list(Rows("small", "s1", tmp_path).done()) == ["a"]
    assert run_campaign(_campaign(lambda _: GOOD), Rows("small", "s1", tmp_path), console)


def test_rows_of_other_sources_do_not_count(tmp_path: Path, console: Console) -> None:
    """After a change of the sources every round runs again."""
    run_campaign(_campaign(lambda _: GOOD), Rows("small", "s1", tmp_path), console)
    rows = Rows("small", "s2", tmp_path)
    assert rows.done() == {}
    assert run_campaign(_campaign(lambda _: GOOD), rows, console)
    assert {json.loads(line)["source"] for line in rows.path.read_text().splitlines()} == {"s2"}


def test_one_bad_round_is_red(tmp_path: Path, console: Console) -> None:
    """A round that does not pass makes the campaign fail, in this call and in the next one."""
    campaign = _campaign(lambda key: BAD if key == "b" else GOOD)
    rows = Rows("small", "s1", tmp_path)
    assert not run_campaign(campaign, rows, console)
    assert not run_campaign(campaign, rows, console)


def test_a_round_that_raises_is_red(tmp_path: Path, console: Console) -> None:
    """An exception is a round that has not passed; the others run."""

    def run(key: str) -> Round:
        if key == "a":
            raise OSError("no such program")
        return GOOD

    rows = Rows("small", "s1", tmp_path)
    assert not run_campaign(_campaign(run), rows, console)
    assert rows.done()["a"].said == "OSError: no such program"
    assert rows.done()["c"].passed


def test_nothing_is_not_a_pass(tmp_path: Path, console: Console) -> None:
    """A campaign without rounds fails."""
    empty = Campaign("small", "it holds", (), lambda _key, _folder: GOOD)
    assert not run_campaign(empty, Rows("small", "s1", tmp_path), console)


def test_every_campaign_has_rounds() -> None:
    """Each campaign has rounds, and their keys differ."""
    assert all(len(set(each.rounds)) == len(each.rounds) > 0 for each in CAMPAIGNS.values())
