"""Backends: how a system is started (local processes, containers) or attached to."""

from gonogo.backends.attached import AttachedSystem
from gonogo.backends.makers import EnvironmentMaker, engine_trouble, environment_maker
from gonogo.backends.process import ProcessEnvironment
from gonogo.backends.supervised_environment import SupervisedEnvironment

__all__ = [
    "AttachedSystem",
    "EnvironmentMaker",
    "ProcessEnvironment",
    "SupervisedEnvironment",
    "engine_trouble",
    "environment_maker",
]
