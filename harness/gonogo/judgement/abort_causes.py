"""Why a run ended before its plan did: errors of the harness, stops, an interruption."""

from collections.abc import Iterator
from dataclasses import replace

from gonogo.judgement.never_ran import never_ran_detail
from gonogo.judgement.run_view import RunView
from gonogo.observation import EDGES_LOST, LEFT_BEHIND
from gonogo.vocabulary import ExitCode, Finding, Result
from gonogo.vocabulary.events import ErrorOccurred, RunFinished, StopRequested

USAGE = "usage-error"
ENVIRONMENT = "environment-failed"
INTERRUPTED = "interrupted"
NOTHING_RAN = "nothing-ran"

_CAUSE_OF_EXIT: dict[int | None, str] = {
    ExitCode.USAGE: USAGE,
    ExitCode.ENVIRONMENT: ENVIRONMENT,
    ExitCode.INTERRUPTED: INTERRUPTED,
    ExitCode.NOTHING_RAN: NOTHING_RAN,
}
_EXIT_OF_ERROR = {
    "UsageError": ExitCode.USAGE,
    "EnvironmentFailed": ExitCode.ENVIRONMENT,
    "SystemNotReady": ExitCode.NO_GO,
    "NothingRan": ExitCode.NOTHING_RAN,
}


def edges_lost(view: RunView) -> bool:
    """Whether the fault proxy died: then the proxy may have caused what failed."""
    return any(each.what.error == EDGES_LOST for each in view.events.of(ErrorOccurred))


def find_abort_causes(view: RunView) -> Iterator[Finding]:
    """One finding for every error and stop, and one for an interruption.

    The first that ended the run early names the scenarios that did not run because of it.
    """
    never_ran = never_ran_detail(view)
    for finding in _causes(view):
        if finding.cause == "left-behind" or not never_ran:
            yield finding
        else:
            detail = "\n".join(filter(None, (finding.detail, never_ran)))
            yield replace(finding, detail=detail)
            never_ran = ""


def _causes(view: RunView) -> Iterator[Finding]:
    for error in view.events.of(ErrorOccurred):
        yield _error(error.what)
    for stop in view.events.of(StopRequested):
        yield _stop(stop.what)
    if any(event.what.interrupted for event in view.events.of(RunFinished)):
        title = "the run was interrupted"
        yield Finding(Result.INCONCLUSIVE, title, INTERRUPTED)


def _error(error: ErrorOccurred) -> Finding:
    code = _EXIT_OF_ERROR.get(error.error) if error.exit_code is None else error.exit_code
    if error.error == LEFT_BEHIND:
        # What the harness could not remove says nothing about the system or the machine.
        code = ExitCode.INCONCLUSIVE
    result = Result.FAIL if code == ExitCode.NO_GO else Result.INCONCLUSIVE
    cause = "system-fell" if result is Result.FAIL else _CAUSE_OF_EXIT.get(code, "harness-error")
    cause = "left-behind" if error.error == LEFT_BEHIND else cause
    what = error.what or error.error or "an error without a message"
    parts = [f"where: {error.where}"] if error.where else []
    if error.alternatives:
        parts.append(f"valid: {', '.join(error.alternatives)}")
    title, *more = what.splitlines()
    return Finding(result, title, cause, "\n".join([*more, *parts]), error.hint)


def _stop(stop: StopRequested) -> Finding:
    reason = stop.reason
    if stop.condition == "stop-condition":
        return Finding(Result.FAIL, reason, "stop-condition")
    if stop.condition == "signal":
        return Finding(Result.INCONCLUSIVE, f"the run was interrupted: {reason}", INTERRUPTED)
    return Finding(Result.INCONCLUSIVE, f"the run was stopped: {reason}", "stopped")
