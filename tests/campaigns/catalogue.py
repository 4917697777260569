"""The campaigns by name; adding one is a file and a line here."""

from collections.abc import Mapping

from tests.campaigns.campaign import Campaign
from tests.campaigns.documents import DOCUMENTS
from tests.campaigns.fresh_install import FRESH_INSTALL
from tests.campaigns.healthy_runs import HEALTHY_RUNS
from tests.campaigns.journeys import JOURNEYS
from tests.campaigns.kill_points import KILL_POINTS

CAMPAIGNS: Mapping[str, Campaign] = {
    each.name: each for each in (DOCUMENTS, FRESH_INSTALL, HEALTHY_RUNS, JOURNEYS, KILL_POINTS)
}
