"""The Lua library of this package."""

from swarm.store import Script

STATE_MACHINE = Script("swarm.jobs", "_state_machine")
