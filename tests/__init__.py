"""Tests of the harness; `tests.run_builder` makes run directories for all of them."""
