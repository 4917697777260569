"""Tests of swarm."""
