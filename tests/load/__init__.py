"""Tests of the load room, against real servers in processes of their own."""
