"""A base image made on this machine, where no registry can be reached."""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping

from gonogo.backends.containers.engine import brief, connect, docker_errors, engine_work
from gonogo.vocabulary import EnvironmentFailed

BASE_ARGUMENT = "BASE_IMAGE"
_REPOSITORY, _TAG = "gonogo-base", "bookworm"
BASE_IMAGE = f"{_REPOSITORY}:{_TAG}"
_DEFAULT = re.compile(rf"^\s*ARG\s+{BASE_ARGUMENT}=(\S+)", re.MULTILINE | re.IGNORECASE)
_CHUNK_BYTES = 1 << 20
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
_COMMAND = (
    "mmdebstrap", "--quiet", "--variant=apt", "--include=usr-is-merged,mount",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    *(f"--dpkgopt=path-exclude={path}" for path in _LEFT_OUT),
    _TAG, "-",
)  # fmt: skip
_making = threading.Lock()


def base_argument(
    dockerfile: str, given: Mapping[str, str], run: str, tell: Callable[[str], None]
) -> dict[str, str]:
    """The build argument to add so that the base image exists; nothing where it does anyway.

    Args:
        dockerfile: the text that declares the argument.
        given: the build's own arguments.
        run: run id, the mark of the processes that make it.
        tell: called with a line about each slow step.

    Raises:
        EnvironmentFailed: it can neither be found, pulled nor made.
    """
    default = _DEFAULT.search(dockerfile)
    if default is None:
        return {}
    name = given.get(BASE_ARGUMENT, default[1].strip("\"'"))
    with _making:
        if has_image(name):
            return {}
        if not has_image(BASE_IMAGE):
            trouble = pull(name, tell)
            if not trouble:
                return {}
            _make(name, trouble, run, tell)
    return {BASE_ARGUMENT: BASE_IMAGE}


def has_image(name: str) -> bool:
    """Whether the engine has it."""
    with engine_work(f"look for the image {name}"):
        try:
            connect().client.images.get(name)
        except docker_errors.ImageNotFound:
            return False
    return True


def pull(name: str, tell: Callable[[str], None]) -> str:
    """Get an image from its registry; returns why that failed, ``""`` when it did not."""
    tell(f"image {name}: pulling")
    try:
        connect().client.images.pull(name)
    except (docker_errors.DockerException, OSError) as error:
        return brief(error)
    return ""


def _make(wanted: str, trouble: str, run: str, tell: Callable[[str], None]) -> None:
    if shutil.which(_COMMAND[0]) is None:
        raise EnvironmentFailed(
            f"the base image {wanted} is not here and cannot be pulled ({trouble})",
            where=f"build argument {BASE_ARGUMENT}",
            hint="apt-get install mmdebstrap: it is then made on this machine",
        )
    tell(f"image {BASE_IMAGE}: made here, because {wanted} cannot be pulled; takes a minute")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        environment = {**os.environ, "TMPDIR": folder, "GONOGO_RUN_ID": run}
        process = subprocess.Popen(
            _COMMAND, stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL,
            env=environment,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - a pipe, see above
        with process.stdout, engine_work(f"import the base image {BASE_IMAGE}"):
            # Under another name until it is complete: to the engine a torn stream is an image too.
            connect().client.api.import_image_from_stream(
                _chunks(process.stdout.read), repository=_REPOSITORY, tag=f"draft-{run}".lower()
            )
        code = process.wait()
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    draft = f"{_REPOSITORY}:draft-{run}".lower()
    with engine_work(f"name the base image {BASE_IMAGE}"):
        if code == 0:
            connect().client.images.get(draft).tag(_REPOSITORY, _TAG)
        connect().client.images.remove(draft)
    if code != 0:
        raise EnvironmentFailed(
            f"the base image cannot be made: {' / '.join(lines[-5:])}",
            where=" ".join(_COMMAND),
            hint=f"give the builds a base image that is here: build argument {BASE_ARGUMENT}",
        )


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    return iter(lambda: read(_CHUNK_BYTES), b"")
