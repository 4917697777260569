"""Scenarios for the reference system: they act on it and state what they expect."""
