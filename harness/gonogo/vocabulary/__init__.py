"""The nouns of the harness: frozen values and Protocols, standard library only.

The kinds of event are in ``gonogo.vocabulary.events``.
"""

from gonogo.vocabulary.backend import (
    Backend,
    Capability,
    Form,
    NoopBackend,
    missing_capabilities,
)
from gonogo.vocabulary.ending import Ending
from gonogo.vocabulary.errors import (
    EnvironmentFailed,
    HarnessError,
    NothingRan,
    SystemNotReady,
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
    Stoppable,
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
from gonogo.vocabulary.undo import NoUndo, Resource, Undo
from gonogo.vocabulary.verdict import Finding, Judgement, Result, Verdict

__all__ = [
    "AnyEvent",
    "Backend",
    "BlastRadius",
    "CLOSED_PHASE",
    "CONTRACT_PHASE",
    "Capability",
    "Clock",
    "DeclaredFault",
    "Demanding",
    "EdgeRoute",
    "Ending",
    "EnvironmentFailed",
    "Event",
    "Events",
    "Evidence",
    "ExitCode",
    "FAULTS_PHASE",
    "Fault",
    "Finding",
    "Form",
    "HarnessError",
    "Judgement",
    "LEDGER_PHASE",
    "LOAD_PHASE",
    "NoUndo",
    "NoopBackend",
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
    "Resource",
    "Result",
    "Scenario",
    "Selects",
    "StopCondition",
    "Stoppable",
    "System",
    "SystemNotReady",
    "Undo",
    "UsageError",
    "Verdict",
    "fault_label",
    "fault_phase",
    "is_fault_phase",
    "missing_capabilities",
    "names_edges",
]
