"""Campaigns: measurements that take too long for the suite, seeded and resumable."""

from tests.campaigns.campaign import Campaign, Round
from tests.campaigns.catalogue import CAMPAIGNS

__all__ = ["CAMPAIGNS", "Campaign", "Round"]
