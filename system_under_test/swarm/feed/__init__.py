"""The product feed: download, validate, match, enrich, remove duplicates, upload."""

from swarm.feed.alone import Occupied, alone
from swarm.feed.categories import CategoryResult, Taxonomy, categorise, read_taxonomy
from swarm.feed.download import Download, download_feed, latest_download
from swarm.feed.duplicates import DuplicateResult, drop_duplicates, priority
from swarm.feed.filter import FilterResult, filter_feed
from swarm.feed.metafields import MetafieldResult, create_metafields
from swarm.feed.product import Product, Reject, Variant, read_products
from swarm.feed.reader import FeedError, FeedRow, read_feed
from swarm.feed.reference import Match, Reference, read_reference
from swarm.feed.rows import RowError, RowJudge, normalise
from swarm.feed.shop_client import ShopClient, ShopError, ShopRefused
from swarm.feed.source import SourceAway
from swarm.feed.upload import UploadResult, upload

__all__ = [
    "CategoryResult",
    "Download",
    "DuplicateResult",
    "FeedError",
    "FeedRow",
    "FilterResult",
    "Match",
    "MetafieldResult",
    "Occupied",
    "Product",
    "Reference",
    "Reject",
    "RowError",
    "RowJudge",
    "ShopClient",
    "ShopError",
    "ShopRefused",
    "SourceAway",
    "Taxonomy",
    "UploadResult",
    "Variant",
    "alone",
    "categorise",
    "create_metafields",
    "download_feed",
    "drop_duplicates",
    "filter_feed",
    "latest_download",
    "normalise",
    "priority",
    "read_feed",
    "read_products",
    "read_reference",
    "read_taxonomy",
    "upload",
]
