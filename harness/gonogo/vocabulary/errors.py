"""Errors of the harness itself. What the target does wrong is an event, never one of these."""

from collections.abc import Iterable

from gonogo.vocabulary.exits import ExitCode


class HarnessError(Exception):
    """Something the user of the harness must change.

    Args:
        what: what is wrong, one sentence.
        where: file and key, command line option, or service it concerns.
        alternatives: the values that would have been valid.
        hint: the next thing to try.
    """

    exit_code = ExitCode.USAGE

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        alternatives: Iterable[str] = (),
        hint: str = "",
    ) -> None:
        self.what = what
        self.where = where
        self.alternatives = tuple(alternatives)
        self.hint = hint
        super().__init__(self.render())

    def render(self) -> str:
        """The message as the terminal shows it, one line for each part."""
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.alternatives:
            lines.append(f"  valid: {', '.join(self.alternatives)}")
        if self.hint:
            lines.append(f"  hint:  {self.hint}")
        return "\n".join(lines)


class UsageError(HarnessError):
    """A command, option, target file or scenario that asks for something impossible."""


class EnvironmentFailed(HarnessError):
    """The place the system should run in failed: engine, build, disk, ports, missing binary."""

    exit_code = ExitCode.ENVIRONMENT


class SystemNotReady(HarnessError):
    """The system exited at start or never became ready: NO-GO, not a fault of the harness."""

    exit_code = ExitCode.NO_GO


class NothingRan(HarnessError):
    """There is nothing to judge."""

    exit_code = ExitCode.NOTHING_RAN
