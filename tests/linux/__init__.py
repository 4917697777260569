"""Tests of the room that reads the kernel."""
