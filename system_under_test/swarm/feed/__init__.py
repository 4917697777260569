"""The product feed: reading it, judging its rows, matching them against a reference."""

from swarm.feed.filter import FilterResult, filter_feed
from swarm.feed.reader import FeedError, FeedRow, read_feed
from swarm.feed.reference import Match, Reference, read_reference
from swarm.feed.rows import RowError, normalise

__all__ = [
    "FeedError",
    "FeedRow",
    "FilterResult",
    "Match",
    "Reference",
    "RowError",
    "filter_feed",
    "normalise",
    "read_feed",
    "read_reference",
]
