"""How a run came to its end: errors of the harness, stops, interruption."""

from collections.abc import Iterator
from dataclasses import replace

from gonogo.judgement.early_end import early_end_detail
from gonogo.judgement.run_view import RunView
from gonogo.observation import EDGES_LOST, LEFT_BEHIND
from gonogo.vocabulary import Event, ExitCode, Finding, Kind, Result

USAGE = "usage-error"
ENVIRONMENT = "environment-failed"
INTERRUPTED = "interrupted"
NOTHING_RAN = "nothing-ran"

_CAUSES = {
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
    """Whether the fault proxy died: then what failed may have failed by it, not by itself."""
    return any(event.data.get("error") == EDGES_LOST for event in view.of(Kind.ERROR))


def find_ends(view: RunView) -> Iterator[Finding]:
    """One finding for every error and stop, and one for an interruption.

    The first that ended the run early names the scenarios that it kept from running.
    """
    unsaid = early_end_detail(view)
    for finding in _ends(view):
        if finding.cause == "left-behind" or not unsaid:
            yield finding
        else:
            detail = "\n".join(filter(None, (finding.detail, unsaid)))
            yield replace(finding, detail=detail)
            unsaid = ""


def _ends(view: RunView) -> Iterator[Finding]:
    for event in view.of(Kind.ERROR):
        yield _error(event)
    for event in view.of(Kind.STOP):
        yield _stop(event)
    if any(event.data.get("interrupted") for event in view.of(Kind.RUN_FINISHED)):
        title = "the run was interrupted"
        yield Finding(Result.INCONCLUSIVE, title, INTERRUPTED)


def _error(event: Event) -> Finding:
    data = event.data
    code = data.get("exit_code", _EXIT_OF_ERROR.get(str(data.get("error"))))
    if data.get("error") == LEFT_BEHIND:
        # What the harness could not clear away says nothing against system or machine.
        code = ExitCode.INCONCLUSIVE
    result = Result.FAIL if code == ExitCode.NO_GO else Result.INCONCLUSIVE
    cause = "system-fell" if result is Result.FAIL else _CAUSES.get(code, "harness-error")
    cause = "left-behind" if data.get("error") == LEFT_BEHIND else cause
    what = str(data.get("what") or data.get("error") or "an error without a word")
    parts = [f"where: {data['where']}"] if data.get("where") else []
    if data.get("alternatives"):
        parts.append(f"valid: {', '.join(map(str, data['alternatives']))}")
    title, *more = what.splitlines()
    return Finding(result, title, cause, "\n".join([*more, *parts]), str(data.get("hint") or ""))


def _stop(event: Event) -> Finding:
    reason = str(event.data["reason"])
    condition = event.data.get("condition")
    if condition == "stop-condition":
        return Finding(Result.FAIL, reason, "stop-condition")
    if condition == "signal":
        return Finding(Result.INCONCLUSIVE, f"the run was interrupted: {reason}", INTERRUPTED)
    return Finding(Result.INCONCLUSIVE, f"the run was stopped: {reason}", "stopped")
