"""The docker backend: each service a container. The engine's client is imported when needed."""

from gonogo.backends.containers.look import ContainerLook

__all__ = ["ContainerLook"]
