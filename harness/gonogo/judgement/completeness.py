"""Completeness: the run went from start to finish and its log is whole."""

from collections.abc import Iterator

from gonogo.judgement.check import check
from gonogo.judgement.never_ran import never_ran_detail
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Ending, Finding, Judgement, Result
from gonogo.vocabulary.events import (
    PhaseFinished,
    PhaseStarted,
    RunFinished,
    RunStarted,
    TestFinished,
    WriterClosed,
    WriterOpened,
)

HARNESS_ROLE = "harness"
# Of pytest: all passed, or some failed; each test is judged by itself.
_EXPECTED_EXITS = (None, 0, 1)
_EXITS = {2: "was interrupted", 3: "failed internally", 4: "was misused", 5: "collected no test"}


def judge_completeness(view: RunView) -> Iterator[Judgement]:
    """Every planned phase ran to its end and every writer closed its log without a gap."""
    for phase in view.plan.profile.phases:
        yield _phase(view, phase)
    problems = [f"{writer} was killed before it closed its log" for writer in view.killed]
    problems += [f"lines of {writer} are missing" for writer in _gaps(view)]
    if not view.events:
        problems.append("there is no event at all")
    boots = {event.boot for event in view.events}
    if len(boots) > 1:
        problems.append(
            "the machine was restarted during the run: times before and after cannot be compared"
        )
    writers = {event.writer for event in view.events}
    holds = f"{len(view.events)} events of {len(writers)} writers, each closed"
    yield check("the event log is whole", problems, holds, n=len(view.events))


def find_kill(view: RunView) -> Iterator[Finding]:
    """The run was killed: its harness neither finished nor closed its log."""
    roles = {e.writer: e.what.role for e in view.events.of(WriterOpened)}
    harness = [name for name in view.killed if roles.get(name, HARNESS_ROLE) == HARNESS_ROLE]
    started, finished = view.events.of(RunStarted), view.events.of(RunFinished)
    if not harness and started and finished:
        return
    closed = view.events.of(WriterClosed)
    if any(roles.get(e.writer) == HARNESS_ROLE and e.what.lost for e in closed):
        return  # it finished; find_lost_events reports what it could not write
    last = view.events[-1] if view.events else None
    seen = f"last event: {last.what.kind} by {last.writer} at {last.wall}" if last else ""
    detail = "\n".join(filter(None, (seen, never_ran_detail(view))))
    yield Finding(
        Result.INCONCLUSIVE,
        "the run was killed before it finished",
        cause="run-killed",
        detail=detail,
        hint="run again; `gonogo heal` undoes what it may have left behind",
    )


def find_lost_events(view: RunView) -> Iterator[Finding]:
    """Lines of event files that are not events, and writers that could not write."""
    for file in sorted({each.file for each in view.bad_lines}):
        mine = [each for each in view.bad_lines if each.file == file]
        numbers = ", ".join(str(each.number) for each in mine)
        one = len(mine) == 1
        are = f"line {numbers} is not an event" if one else f"lines {numbers} are not events"
        detail = "\n".join(f"line {each.number}: {each.why}" for each in mine)
        yield _lost(f"{file}: {are}", detail)
    for event in view.events.of(WriterClosed):
        if event.what.lost:
            said = f"{event.what.lost} events of {event.writer} could not be written"
            yield _lost(f"{said}: {event.what.why or 'unknown'}", "")


def _lost(title: str, detail: str) -> Finding:
    hint = "make room on the disk of the run directory, then run again"
    return Finding(Result.INCONCLUSIVE, title, "events-lost", detail, hint)


def _phase(view: RunView, phase: str) -> Judgement:
    started = [each for each in view.events.of(PhaseStarted) if each.what.phase == phase]
    finished = [each for each in view.events.of(PhaseFinished) if each.what.phase == phase]
    problems = []
    if not started:
        problems.append("it never started")
    elif not finished:
        problems.append("it started and did not finish")
    codes = [event.what.exit_code for event in finished]
    unexpected = [code for code in codes if code not in _EXPECTED_EXITS]
    problems += [f"pytest {_EXITS.get(code, f'exited with {code}')}" for code in unexpected]
    tests = [event for event in view.events.of(TestFinished) if event.what.phase == phase]
    outcomes = {event.what.outcome for event in tests}
    if outcomes == {Ending.SKIPPED}:
        problems.append("every test of it was skipped")
    if 1 in codes and not outcomes & {Ending.FAILED, Ending.ERROR}:
        problems.append("pytest reports a failure, but no test of it is recorded as failed")
    return check(f"phase {phase} ran", problems, f"{len(tests)} tests", n=len(tests))


def _gaps(view: RunView) -> list[str]:
    numbers: dict[str, list[int]] = {}
    for event in view.events:
        numbers.setdefault(event.writer, []).append(event.seq)
    whole = {name: list(range(len(found))) for name, found in numbers.items()}
    return [name for name, found in sorted(numbers.items()) if sorted(found) != whole[name]]
