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
from gonogo.vocabulary.phases import (
    CLOSED_PHASE,
    CONTRACT_PHASE,
    FAULTS_PHASE,
    LEDGER_PHASE,
    LOAD_PHASE,
    PHASES,
    fault_label,
    fault_phase,
    is_fault_phase,
)
from gonogo.vocabulary.plan import Plan, Profile
from gonogo.vocabulary.planned import PlannedEvidence
from gonogo.vocabulary.request import Outcome
from gonogo.vocabulary.scenario import DeclaredFault, Scenario
from gonogo.vocabulary.system import EdgeRoute, ProcessIdentity, System
from gonogo.vocabulary.verdict import Finding, Judgement, Result, Verdict

__all__ = [
    "AnyEvent",
    "BlastRadius",
    "CLOSED_PHASE",
    "CONTRACT_PHASE",
    "Clock",
    "DeclaredFault",
    "Demanding",
    "EdgeRoute",
    "EnvironmentFailed",
    "Event",
    "Events",
    "Evidence",
    "ExitCode",
    "FAULTS_PHASE",
    "Fault",
    "Finding",
    "HarnessError",
    "Judgement",
    "LEDGER_PHASE",
    "LOAD_PHASE",
    "NoopFault",
    "NoopProbe",
    "NoopRecorder",
    "NothingRan",
    "Objective",
    "Occurrence",
    "Outcome",
    "PHASES",
    "Plan",
    "PlannedEvidence",
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
    "fault_label",
    "fault_phase",
    "is_fault_phase",
    "names_edges",
]
