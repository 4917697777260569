"""The scripts that can be executed."""

from __future__ import annotations

from types import MappingProxyType

from swarm.scripts.definition import Script
from swarm.scripts.feed_import import FULL_IMPORT
from swarm.scripts.feed_steps import (
    CATEGORIZE_PRODUCTS,
    CLEANUP_DUPLICATES,
    CREATE_METAFIELDS,
    FTP_DOWNLOAD,
    SHOPIFY_UPLOAD,
)
from swarm.scripts.filter_products import FILTER_PRODUCTS
from swarm.scripts.genome_analysis import GENOME_ANALYSIS

_ALL: tuple[Script, ...] = (
    FTP_DOWNLOAD,
    FILTER_PRODUCTS,
    CREATE_METAFIELDS,
    CATEGORIZE_PRODUCTS,
    SHOPIFY_UPLOAD,
    CLEANUP_DUPLICATES,
    FULL_IMPORT,
    GENOME_ANALYSIS,
)

SCRIPTS = MappingProxyType({script.name: script for script in _ALL})
