"""The nouns of the harness: frozen values and Protocols, standard library only."""

from gonogo.vocabulary.backend import (
    Backend,
    Capability,
    Form,
    NoopBackend,
    missing_capabilities,
)
from gonogo.vocabulary.errors import (
    EnvironmentFailed,
    HarnessError,
    NothingRan,
    SystemNotReady,
    UsageError,
)
from gonogo.vocabulary.event import Event, Kind
from gonogo.vocabulary.evidence import Clock, Evidence, NoopProbe, NoopRecorder, Probe, Recorder
from gonogo.vocabulary.exits import ExitCode
from gonogo.vocabulary.fault import (
    BlastRadius,
    Demanding,
    Fault,
    NoopFault,
    Selects,
    Stoppable,
    names_edges,
)
from gonogo.vocabulary.objective import Objective, StopCondition
from gonogo.vocabulary.plan import Plan, Profile
from gonogo.vocabulary.request import Outcome
from gonogo.vocabulary.system import EdgeRoute, ProcessIdentity, System
from gonogo.vocabulary.undo import NoUndo, Resource, Undo
from gonogo.vocabulary.verdict import Finding, Judgement, Result, Verdict

__all__ = [
    "Backend",
    "BlastRadius",
    "Capability",
    "Clock",
    "Demanding",
    "EdgeRoute",
    "EnvironmentFailed",
    "Event",
    "Evidence",
    "ExitCode",
    "Fault",
    "Finding",
    "Form",
    "HarnessError",
    "Judgement",
    "Kind",
    "NoUndo",
    "NoopBackend",
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
    "Resource",
    "Result",
    "Selects",
    "StopCondition",
    "Stoppable",
    "System",
    "SystemNotReady",
    "Undo",
    "UsageError",
    "Verdict",
    "missing_capabilities",
    "names_edges",
]
