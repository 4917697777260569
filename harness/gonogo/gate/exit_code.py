"""How a process of ours ends: an exit code, and what went wrong on standard error."""

import sys
import traceback
from collections.abc import Callable

from gonogo.vocabulary import ExitCode, HarnessError


def exit_code_of(call: Callable[[], int]) -> int:
    """Call it; returns its result. What it raises is reported and becomes an exit code."""
    try:
        return int(call())
    except HarnessError as error:
        _report(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as error:
        _report(f"the operating system refused a call: {error}")
        return ExitCode.ENVIRONMENT
    except Exception:
        # Python's own exit code for it, 1, would read as NO-GO.
        traceback.print_exc()
        _report("this is a defect of gonogo; it says nothing about the system")
        return ExitCode.ENVIRONMENT


def _report(text: str) -> None:
    print(f"gonogo: {text}", file=sys.stderr, flush=True)  # noqa: T201 - its user interface
