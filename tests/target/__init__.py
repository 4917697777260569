"""Tests of the target loader."""
