"""The guides for a script, a route and a dashboard tab, each followed to the letter.

Together they take 30 s of CPU: the examples' own tests with real processes, the page's tests and
build, style, and a type check with a warm cache.
"""

from pathlib import Path

import pytest

from tests.guides import ROOT, copy_checkout

NODE_MODULES = Path("system_under_test/dashboard/node_modules")


@pytest.mark.slow
@pytest.mark.parametrize("guide", ["adding-a-script.md", "adding-a-route.md", "adding-a-tab.md"])
def test_the_guide_works_as_it_stands(tmp_path: Path, guide: str) -> None:
    """Its files, lines and tests work, and every other check that it names still passes."""
    checkout = copy_checkout(tmp_path)
    # Hundreds of megabytes: a link will do.
    (tmp_path / NODE_MODULES).symlink_to(ROOT / NODE_MODULES)
    checkout.follow(guide)
    assert "tests/test_tidy.py" in " ".join(checkout.commands)
