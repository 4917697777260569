"""Recording what went wrong here, in the shape errors are judged by."""

import contextlib

from harness.vocabulary import ExitCode, Kind, Recorder


def tell_error(
    recorder: Recorder, error: str, what: str, *, where: str, code: ExitCode, hint: str = ""
) -> None:
    """Record an error; a disk that cannot take it keeps nobody from cleaning up."""
    with contextlib.suppress(OSError):
        recorder.record(
            Kind.ERROR,
            error=error,
            what=what,
            where=where,
            alternatives=[],
            hint=hint,
            exit_code=int(code),
        )
