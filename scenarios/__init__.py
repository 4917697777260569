"""Scenarios for the reference system: they act and state what they expect."""
