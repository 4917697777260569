"""The docker backend: each service a container. The engine's client is imported when needed."""

from gonogo.backends.containers.backend import ContainerBackend

__all__ = ["ContainerBackend"]
