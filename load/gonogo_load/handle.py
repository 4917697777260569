"""The harness's handle of a load; both models have the same lifecycle."""

from abc import ABC, abstractmethod
from typing import Generic, Self, TypeVar

ResultT_co = TypeVar("ResultT_co", covariant=True)


class LoadHandle(ABC, Generic[ResultT_co]):
    """One load in processes of its own. Lifecycle: start, stop (optional), wait.

    As a context manager it is started at the beginning of the block, stopped and awaited at
    its end. The processes carry the run id and end when the harness does.
    """

    @property
    @abstractmethod
    def end_timeout_s(self) -> float:
        """How long a stopped load may take to end: for requests in flight and last records."""

    @abstractmethod
    def start(self) -> None:
        """Log in, make the setup's requests and start the load; returns when it is under way.

        Raises:
            UsageError: a load of that name ran already in this run.
            SystemNotReady: the system refused the login or the setup; the event log has it.
            EnvironmentFailed: the processes did not start.
        """

    @abstractmethod
    def stop(self) -> None:
        """Begin no new request; requests in flight may still end."""

    @abstractmethod
    def wait(self, timeout_s: float) -> ResultT_co:
        """Wait until every record is written; kill the processes after ``timeout_s``."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.wait(self.end_timeout_s)
