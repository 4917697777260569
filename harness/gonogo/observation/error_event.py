"""What went wrong here, in the one shape that runs are judged by."""

from gonogo.vocabulary import ExitCode, HarnessError, Kind, Recorder

# Names of errors the judge treats apart.
EDGES_LOST = "EdgesLost"  # the fault proxy died: ours, whatever followed
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
        error: what it says is what the reader sees.
        name: by which the judge knows it; its class's where none is given.
        exit_code: what it makes of the run; that of its class where none is given.

    Raises:
        OSError: the disk could not take it.
    """
    recorder.record(
        Kind.ERROR,
        error=name or type(error).__name__,
        what=error.what,
        where=error.where,
        alternatives=list(error.alternatives),
        hint=error.hint,
        exit_code=int(error.exit_code if exit_code is None else exit_code),
    )
