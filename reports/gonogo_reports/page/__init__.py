"""What ``report.html`` is made of: templates, style, scripts, and the data they draw."""

from gonogo_reports.page.bullet import Bullet, bullet
from gonogo_reports.page.pictures import pictures
from gonogo_reports.page.timeline import timeline

__all__ = ["Bullet", "bullet", "pictures", "timeline"]
