"""Reports: what a run and its verdict look like to people and to pipelines."""

from reports._live import LiveProgress
from reports._render import render_all
from reports._terminal import print_verdict

__all__ = ["LiveProgress", "print_verdict", "render_all"]
