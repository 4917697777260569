"""Records an error of the harness as the event that a run is judged by."""

from gonogo.vocabulary import ExitCode, HarnessError, Recorder
from gonogo.vocabulary.events import ErrorOccurred

# Names of errors the judge treats apart.
EDGES_LOST = "EdgesLost"  # the fault proxy died: what failed afterwards says nothing
LEFT_BEHIND = "LeftBehind"  # something of the run outlived it


def record_error(
    recorder: Recorder,
    error: HarnessError,
    *,
    name: str | None = None,
    exit_code: ExitCode | None = None,
) -> None:
    """Record an error that the run is judged by.

    Args:
        recorder: where to.
        error: its text is what the reader sees.
        name: name the judge knows it by; the name of its class where none is given.
        exit_code: the exit code of the run; the code of its class where none is given.

    Raises:
        OSError: it could not be written.
    """
    recorder.record(
        ErrorOccurred(
            error=name or type(error).__name__,
            what=error.what,
            where=error.where,
            alternatives=error.alternatives,
            hint=error.hint,
            exit_code=int(error.exit_code if exit_code is None else exit_code),
        )
    )
