"""Tests of the observation room."""
