"""Faults: the catalogue, arming with proof, and the journal by which they are undone."""

from gonogo_faults.arming import (
    DURATION_S_MAX,
    ArmedFault,
    FaultNotArmed,
    FaultUnsupported,
    armed,
    selected,
)
from gonogo_faults.catalogue import CATALOGUE
from gonogo_faults.catalogue_page import catalogue_list, catalogue_page, describe
from gonogo_faults.event_gate import GateOpened, LogMarks, parse_gate
from gonogo_faults.healing import heal_all
from gonogo_faults.intents import JOURNAL, Intent, open_intents
from gonogo_faults.journal import Journal
from gonogo_faults.registry import make_fault

__all__ = [
    "ArmedFault",
    "CATALOGUE",
    "DURATION_S_MAX",
    "FaultNotArmed",
    "FaultUnsupported",
    "GateOpened",
    "Intent",
    "JOURNAL",
    "Journal",
    "LogMarks",
    "armed",
    "catalogue_list",
    "catalogue_page",
    "describe",
    "heal_all",
    "make_fault",
    "open_intents",
    "parse_gate",
    "selected",
]
