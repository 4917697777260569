"""The nouns of the harness: frozen values and Protocols, standard library only.

The kinds of event are in ``gonogo.vocabulary.events``.
"""

from gonogo.vocabulary.errors import (
    EnvironmentFailed,
    HarnessError,
    NothingRan,
    SystemFell,
    UsageError,
)
from gonogo.vocabulary.event import AnyEvent, Event, Events
from gonogo.vocabulary.events import Occurrence
from gonogo.vocabulary.evidence import Clock, Evidence, NoopProbe, NoopRecorder, Probe, Recorder
from gonogo.vocabulary.exits import ExitCode
from gonogo.vocabulary.fault import (
    BlastRadius,
    Demanding,
    Fault,
    NoopFault,
    Selects,
    Setting,
    Undo,
    names_edges,
)
from gonogo.vocabulary.objective import Objective, StopCondition
from gonogo.vocabulary.plan import Plan, Profile
from gonogo.vocabulary.request import Outcome
from gonogo.vocabulary.scenario import DeclaredFault, Scenario
from gonogo.vocabulary.system import EdgeRoute, ProcessIdentity, System
from gonogo.vocabulary.verdict import Finding, Judgement, Result, Verdict

__all__ = [
    "AnyEvent",
    "BlastRadius",
    "Clock",
    "DeclaredFault",
    "Demanding",
    "EdgeRoute",
    "EnvironmentFailed",
    "Event",
    "Events",
    "Evidence",
    "ExitCode",
    "Fault",
    "Finding",
    "HarnessError",
    "Judgement",
    "NoopFault",
    "NoopProbe",
    "NoopRecorder",
    "NothingRan",
    "Objective",
    "Occurrence",
    "Outcome",
    "Plan",
    "Probe",
    "ProcessIdentity",
    "Profile",
    "Recorder",
    "Result",
    "Scenario",
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
