"""Asks a container engine for its version."""

import http.client
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
# An engine answers in milliseconds; during a build it may take a second.
ANSWER_LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """The answer of an engine.

    Attributes:
        address: address that was asked.
        version: its name and version; ``""`` when no engine answered.
        problem: why there is no version, else ``""``.
    """

    address: str
    version: str = ""
    problem: str = ""


def ask_engine(
    environ: Mapping[str, str] = os.environ, limit_s: float = ANSWER_LIMIT_S
) -> EngineAnswer:
    """Ask the engine that ``DOCKER_HOST`` names, or the local one, for its version."""
    address = environ.get("DOCKER_HOST") or DEFAULT_ADDRESS
    parts = urlsplit(address)
    connection: http.client.HTTPConnection
    if parts.scheme == "unix":
        connection = UnixConnection(parts.path, limit_s)
    elif parts.scheme in {"tcp", "http"} and parts.hostname:
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 2375, limit_s)
    else:
        return EngineAnswer(address, problem=f"DOCKER_HOST={address} is not unix:// or tcp://")
    try:
        connection.request("GET", "/version")
        answer = dict(json.loads(connection.getresponse().read()))
        return EngineAnswer(address, version=f"{_name(answer)} {answer['Version']}")
    except PermissionError:
        hint = "this user has no access; add the user to the group docker"
        return EngineAnswer(address, problem=f"{address}: {hint}")
    except (OSError, http.client.HTTPException, LookupError, ValueError, TypeError) as error:
        return EngineAnswer(address, problem=f"no engine answers at {address}: {_reason(error)}")
    finally:
        connection.close()


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection over a Unix socket."""

    def __init__(self, path: str, limit_s: float) -> None:
        super().__init__("localhost", timeout=limit_s)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _name(answer: dict[str, object]) -> str:
    components = answer.get("Components")
    first = components[0] if isinstance(components, list) and components else {}
    name = str(first.get("Name", "Engine"))
    return "Docker" if name == "Engine" else name  # the name that Docker gives itself


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return f"the answer is not that of an engine ({type(error).__name__})"
