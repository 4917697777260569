"""A load as a context manager, whichever model it is of."""

from abc import ABC, abstractmethod
from typing import Self


class RunningLoad(ABC):
    """Started at the beginning of the block, stopped and awaited at its end."""

    @property
    @abstractmethod
    def _patience_s(self) -> float:
        """How long requests that are under way at the end of the block may take."""

    @abstractmethod
    def start(self) -> None:
        """Start it; returns when it is under way."""

    @abstractmethod
    def stop(self) -> None:
        """Let it begin nothing more; requests in flight may still end."""

    @abstractmethod
    def wait(self, timeout_s: float) -> object:
        """Wait for the end of the books; kill what takes longer."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.wait(self._patience_s)
