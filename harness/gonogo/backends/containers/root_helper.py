"""The root helper: it does, as root, what its owner has no permission for.

It runs in the namespaces of its owner; the container only gives it the rights. The helper is this
module, started by ``python -m``. Each line of its standard input is a call, each line of its
standard output an answer, both pickled and in base 64. When its owner is gone, the engine closes
its standard input; then the helper ends and is removed.
"""

import contextlib
import hashlib
import importlib
import io
import os
import pickle
import socket
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from docker.utils.socket import STDOUT, next_frame_header, read_exactly

from gonogo.backends.containers.base_image import base_argument, has_image
from gonogo.backends.containers.engine import connect, engine_work
from gonogo.backends.containers.labels import LABEL_PID
from gonogo.linux import bounding_capabilities
from gonogo.linux.own_python import own_python
from gonogo.vocabulary import EnvironmentFailed

_DOCKERFILE = """ARG BASE_IMAGE=debian:bookworm-slim
FROM ${BASE_IMAGE}
ENTRYPOINT ["nsenter", "-m", "-u", "-i", "-n", "-t"]
"""
_IMAGE = f"gonogo-root-helper:{hashlib.sha256(_DOCKERFILE.encode()).hexdigest()[:12]}"
# Needed for namespaces, mounts, packet rules, signals, limits and files of other users.
_RIGHTS = {
    "DAC_OVERRIDE": 1,
    "KILL": 5,
    "NET_ADMIN": 12,
    "NET_RAW": 13,
    "SYS_CHROOT": 18,
    "SYS_PTRACE": 19,
    "SYS_ADMIN": 21,
    "SYS_RESOURCE": 24,
}


class RootHelper:
    """A running helper.

    Raises:
        EnvironmentFailed: the engine does not start it.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        with engine_work("start a helper as root"):
            api = connect().client.api
            _make_image()
            made = api.create_container(
                _IMAGE,
                [str(os.getpid()), "--", *own_python(__name__)],
                stdin_open=True,
                environment={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                labels={LABEL_PID: str(os.getpid())},
                host_config=api.create_host_config(
                    cap_add=_rights(),
                    security_opt=["apparmor=unconfined", "seccomp=unconfined"],
                    pid_mode="host",
                    network_mode="host",
                    auto_remove=True,
                ),
            )
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            self._socket = api.attach_socket(made["Id"], params=streams)
            api.start(made["Id"])
        self.ask("os", "getpid", (), {})

    def ask(self, module: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call a function in the helper; what it raises there is raised here.

        An interrupted call ends the helper: its answer would be taken for that of the next call.

        Raises:
            EnvironmentFailed: the helper has gone; the next call of this process gets another.
        """
        with self._turn:
            try:
                self._socket._sock.sendall(_line((module, name, args, kwargs)))
                answer = self._answer()
            except BaseException as error:
                self._end()
                if isinstance(error, OSError | EOFError):
                    raise EnvironmentFailed(f"the helper that is root has gone: {error}") from error
                raise
        failed, value = pickle.loads(b64decode(answer))  # noqa: S301 - of our own helper
        if failed:
            raise value
        return value

    def _end(self) -> None:
        root_helper.cache_clear()
        with contextlib.suppress(OSError):  # the connection is closed already
            self._socket._sock.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _answer(self) -> bytes:
        heard, said = b"", b""
        while not heard.endswith(b"\n"):
            stream, size = next_frame_header(self._socket)
            if stream == -1:
                raise EOFError(said.decode(errors="replace").strip()[-200:])
            piece = read_exactly(self._socket, size)
            heard, said = (heard + piece, said) if stream == STDOUT else (heard, said + piece)
        return heard


@lru_cache(maxsize=1)
def root_helper() -> RootHelper:
    """The one of this process, started when it is first needed.

    Raises:
        EnvironmentFailed: see ``RootHelper``.
    """
    return RootHelper()


def _rights() -> list[str]:
    """Those that this machine has at all: an engine that is itself in a container may lack one."""
    has = bounding_capabilities(1)
    return [name for name, bit in _RIGHTS.items() if has >> bit & 1]


def _make_image() -> None:
    if has_image(_IMAGE):
        return
    arguments = base_argument(_DOCKERFILE, {}, _IMAGE, lambda _: None)
    file = io.BytesIO(_DOCKERFILE.encode())
    connect().client.images.build(fileobj=file, tag=_IMAGE, buildargs=arguments, rm=True)


def _line(value: object) -> bytes:
    return b64encode(pickle.dumps(value)) + b"\n"


def _find(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def serve() -> None:
    """Answer calls until the owner is gone; nothing else may write to standard output."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        module, name, args, kwargs = pickle.loads(b64decode(line))  # noqa: S301 - of our owner
        try:
            answer = False, _find(module, name)(*args, **kwargs)
        except Exception as error:  # every error is sent to the owner, which handles it
            answer = True, error
        with contextlib.suppress(BrokenPipeError):
            answers.write(_line(answer))


if __name__ == "__main__":
    serve()
