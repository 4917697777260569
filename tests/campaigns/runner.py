"""Run the missing rounds of a campaign; show progress and the result."""

import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.campaigns.campaign import Campaign, Round
from tests.campaigns.rows import Rows


def run_campaign(campaign: Campaign, rows: Rows, console: Console) -> bool:
    """Run the rounds that have no row yet; whether every round passed."""
    rows.drop_stale()
    done = rows.done()
    left = [key for key in campaign.rounds if key not in done]
    console.print(
        f"{campaign.name}: {campaign.promise}\n"
        f"{len(campaign.rounds)} rounds, {len(campaign.rounds) - len(left)} done before"
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        bar = progress.add_task(campaign.name, total=len(left))
        pool = ThreadPoolExecutor(campaign.workers)
        try:
            waiting = [(key, pool.submit(_one, campaign, key)) for key in left]
            for key, future in waiting:
                done[key] = future.result()
                rows.add(key, done[key])
                progress.advance(bar)
                if not done[key].passed:
                    console.print(f"  {key}: {done[key].said}", style="red", markup=False)
        finally:
            # After Ctrl-C the rounds that run end; those that wait are never begun.
            pool.shutdown(cancel_futures=True)
    return _summary(campaign, done, console)


def _one(campaign: Campaign, key: str) -> Round:
    with tempfile.TemporaryDirectory(prefix=f"{campaign.name}-") as folder:
        try:
            found = campaign.run(key, Path(folder))
        except Exception as error:  # a round that cannot run has not passed; the others go on
            return Round(passed=False, took_s=0.0, said=f"{type(error).__name__}: {error}")
    return replace(found, took_s=round(found.took_s, 3))


def _summary(campaign: Campaign, done: dict[str, Round], console: Console) -> bool:
    found = [done[key] for key in campaign.rounds if key in done]
    took_s = sorted(each.took_s for each in found) or [0.0]
    passed = sum(each.passed for each in found)
    console.print(
        f"{campaign.name}: {passed} of {len(campaign.rounds)} passed; "
        f"median {statistics.median(took_s):.2f} s, longest {took_s[-1]:.2f} s"
    )
    return passed == len(campaign.rounds) and passed > 0
