"""Faults: the catalogue, arming with proof, and the journal that takes them back."""

from fault_injection._arming import (
    DURATION_S_MAX,
    ArmedFault,
    FaultNotArmed,
    FaultUnsupported,
    armed,
    selected,
)
from fault_injection._catalogue_page import catalogue_list, catalogue_page, describe
from fault_injection._event_gate import GateOpened, LogMarks, parse_gate
from fault_injection._heal import execute, heal_all
from fault_injection._journal import JOURNAL, Intent, Journal, open_intents
from fault_injection._registry import make_fault
from fault_injection.catalogue import CATALOGUE

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
    "execute",
    "heal_all",
    "make_fault",
    "open_intents",
    "parse_gate",
    "selected",
]
