"""``python -m tests.campaigns [NAME …]``: run the missing rounds of these campaigns, or of all."""

import argparse
import sys

from rich.console import Console

from tests.campaigns.catalogue import CAMPAIGNS
from tests.campaigns.rows import Rows, source
from tests.campaigns.runner import run_campaign


def main() -> int:
    """Exit code 1 when a round did not pass."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CAMPAIGNS))
    names = parser.parse_args().names or list(CAMPAIGNS)
    unknown = [name for name in names if name not in CAMPAIGNS]
    if unknown:
        parser.error(f"there is no campaign {unknown[0]!r}; there are {', '.join(CAMPAIGNS)}")
    console, state = Console(), source()
    passed = [run_campaign(CAMPAIGNS[name], Rows(name, state), console) for name in names]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
