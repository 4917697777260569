"""The scripts that can be executed."""

from __future__ import annotations

from types import MappingProxyType

from swarm.scripts.definition import Script
from swarm.scripts.filter_products import FILTER_PRODUCTS
from swarm.scripts.genome_analysis import GENOME_ANALYSIS

_ALL: tuple[Script, ...] = (FILTER_PRODUCTS, GENOME_ANALYSIS)

SCRIPTS = MappingProxyType({script.name: script for script in _ALL})
