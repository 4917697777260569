"""Tests of what the reference system's guides say."""
