"""gonogo: a release gate for distributed systems. This package is its core."""

__version__ = "0.1.0"
