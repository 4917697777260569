"""The nouns of the harness: frozen values and Protocols, standard library only."""

from harness.vocabulary._errors import (
    EnvironmentFailed,
    HarnessError,
    NothingRan,
    SystemFell,
    UsageError,
)
from harness.vocabulary._event import Event, Kind
from harness.vocabulary._evidence import Clock, Evidence, NoopProbe, NoopRecorder, Probe, Recorder
from harness.vocabulary._exits import ExitCode
from harness.vocabulary._fault import (
    BlastRadius,
    Demanding,
    Fault,
    NoopFault,
    Selects,
    Setting,
    Undo,
    names_edges,
)
from harness.vocabulary._objective import Objective, StopCondition
from harness.vocabulary._plan import Plan, Profile
from harness.vocabulary._request import Outcome
from harness.vocabulary._system import EdgeRoute, ProcessIdentity, System
from harness.vocabulary._verdict import Finding, Judgement, Result, Verdict

__all__ = [
    "BlastRadius",
    "Clock",
    "Demanding",
    "EdgeRoute",
    "EnvironmentFailed",
    "Event",
    "Evidence",
    "ExitCode",
    "Fault",
    "Finding",
    "HarnessError",
    "Judgement",
    "Kind",
    "NoopFault",
    "NoopProbe",
    "NoopRecorder",
    "NothingRan",
    "Objective",
    "Outcome",
    "Plan",
    "Probe",
    "ProcessIdentity",
    "Profile",
    "Recorder",
    "Result",
    "Selects",
    "Setting",
    "StopCondition",
    "System",
    "SystemFell",
    "Undo",
    "UsageError",
    "Verdict",
    "names_edges",
]
