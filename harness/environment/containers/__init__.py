"""The docker backend: each service a container. The engine's client is imported when needed."""

from harness.environment.containers._look import ContainerLook

__all__ = ["ContainerLook"]
