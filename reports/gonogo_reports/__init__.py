"""Reports: what a run and its verdict look like to people and to pipelines."""

from gonogo_reports.live import LiveProgress
from gonogo_reports.render import render_all
from gonogo_reports.terminal import print_verdict

__all__ = ["LiveProgress", "print_verdict", "render_all"]
