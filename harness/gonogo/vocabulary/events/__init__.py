"""What can happen in a run: one frozen dataclass per kind of event.

``kind`` is the name of the kind in the event files, and the names of the fields are its keys
there; both are kept, so that old runs can still be judged. A field with a default may be absent.
Times are nanoseconds of the machine's monotonic clock (``_ns``), durations seconds (``_s``).
"""

from typing import TypeAlias

from gonogo.vocabulary.events.browser import (
    Attachment,
    AttachmentStored,
    BrowserStepFinished,
    BrowserStepStarted,
    ConsoleLine,
)
from gonogo.vocabulary.events.fault import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    FaultObserved,
)
from gonogo.vocabulary.events.lifecycle import (
    PhaseFinished,
    PhaseStarted,
    RunFinished,
    RunStarted,
    WriterClosed,
    WriterOpened,
)
from gonogo.vocabulary.events.load import (
    FigureRow,
    LedgerRead,
    LoadFiguresReported,
    LoadFinished,
    LoadStarted,
    LoadWorkerLost,
)
from gonogo.vocabulary.events.scenario import (
    ExpectationChecked,
    NotTested,
    TestFinished,
    TestStarted,
)
from gonogo.vocabulary.events.service import LogExcerpt, ResourceSampled, ServiceStateChanged
from gonogo.vocabulary.events.trouble import ErrorOccurred, Note, StopRequested

Occurrence: TypeAlias = (
    WriterOpened
    | WriterClosed
    | RunStarted
    | RunFinished
    | PhaseStarted
    | PhaseFinished
    | TestStarted
    | TestFinished
    | ExpectationChecked
    | NotTested
    | BrowserStepStarted
    | BrowserStepFinished
    | AttachmentStored
    | ServiceStateChanged
    | ResourceSampled
    | LogExcerpt
    | LoadStarted
    | LoadFinished
    | LoadWorkerLost
    | LoadFiguresReported
    | LedgerRead
    | FaultIntended
    | FaultArmed
    | FaultObserved
    | FaultHealed
    | FaultAbsent
    | StopRequested
    | ErrorOccurred
    | Note
)

__all__ = [
    "Attachment",
    "AttachmentStored",
    "BrowserStepFinished",
    "BrowserStepStarted",
    "ConsoleLine",
    "ErrorOccurred",
    "ExpectationChecked",
    "FaultAbsent",
    "FaultArmed",
    "FaultHealed",
    "FaultIntended",
    "FaultObserved",
    "FigureRow",
    "LedgerRead",
    "LoadFiguresReported",
    "LoadFinished",
    "LoadStarted",
    "LoadWorkerLost",
    "LogExcerpt",
    "NotTested",
    "Note",
    "Occurrence",
    "PhaseFinished",
    "PhaseStarted",
    "ResourceSampled",
    "RunFinished",
    "RunStarted",
    "ServiceStateChanged",
    "StopRequested",
    "TestFinished",
    "TestStarted",
    "WriterClosed",
    "WriterOpened",
]
