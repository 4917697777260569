"""The image of each service: built here, found here, or pulled."""

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gonogo.backends.containers.base_image import base_argument, has_image, pull
from gonogo.backends.containers.engine import ENGINE_ERRORS, brief, connect
from gonogo.backends.containers.parallel import in_parallel
from gonogo.target import Service, Target
from gonogo.vocabulary import EnvironmentFailed

_LINES_KEPT = 15
# A cached step ends at once; only a slow step gets a line.
_TELL_EVERY_S = 2.0
_STEP = re.compile(r"Step \d+/\d+ : ")
_BUILT = re.compile(r"Successfully built (\w+)")


@dataclass(frozen=True, slots=True)
class _Build:
    """One build; services that write the same one share it."""

    context: str
    dockerfile: str
    stage: str
    arguments: tuple[tuple[str, str], ...]


def resolve_images(
    target: Target, run: str, tell: Callable[[str], None], check: Callable[[], None]
) -> dict[str, str]:
    """The id of every service's image; builds and pulls in parallel, each distinct one once.

    Args:
        target: its services have an image or a build each.
        run: run id.
        tell: called with a line about the progress of each build.
        check: called several times a second; raises to give up.

    Raises:
        EnvironmentFailed: one cannot be built or found; names the service and the last lines.
    """
    builds: dict[_Build, list[Service]] = {}
    names: dict[str, list[Service]] = {}
    for service in target.services.values():
        if service.build:
            builds.setdefault(_build(service), []).append(service)
        else:
            names.setdefault(service.image, []).append(service)
    found: dict[str, str] = {}

    def build(what: _Build, services: list[Service]) -> None:
        image = _built(what, services, target, run, tell)
        found.update({each.name: image for each in services})

    def find(name: str, services: list[Service]) -> None:
        image = _found(name, services, target, tell)
        found.update({each.name: image for each in services})

    calls = [partial(build, what, services) for what, services in builds.items()]
    calls += [partial(find, name, services) for name, services in names.items()]
    in_parallel(calls, check)
    return found


def _build(service: Service) -> _Build:
    build = service.build
    arguments: Mapping[str, str] = build.get("args", {})
    return _Build(
        context=str(build["context"]),
        dockerfile=str(build.get("dockerfile", "Dockerfile")),
        stage=str(build.get("target", "")),
        arguments=tuple(sorted(arguments.items())),
    )


def _tags(services: list[Service], target: Target) -> list[str]:
    named = [each.image for each in services if each.image]
    return list(dict.fromkeys(named or [_slug(f"gonogo-{target.name}-{services[0].name}")]))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9_.-]", "-", name.lower())


def _built(
    what: _Build, services: list[Service], target: Target, run: str, tell: Callable[[str], None]
) -> str:
    tags = _tags(services, target)
    dockerfile = Path(what.context) / what.dockerfile
    if not dockerfile.is_file():
        raise EnvironmentFailed(
            f"service {services[0].name} cannot be built: there is no file {dockerfile}",
            where=f"{target.file}: services.{services[0].name}.build",
        )
    given = dict(what.arguments)
    given |= base_argument(dockerfile.read_text(errors="replace"), given, run, tell)
    tell(f"image {tags[0]}: building from {what.dockerfile}")
    began = time.monotonic()
    image = _run_build(what, given, tags[0], services, tell)
    for tag in tags[1:]:
        connect().client.images.get(image).tag(tag)
    tell(f"image {tags[0]}: built in {time.monotonic() - began:.1f} s")
    return image


def _run_build(
    what: _Build,
    arguments: dict[str, str],
    tag: str,
    services: list[Service],
    tell: Callable[[str], None],
) -> str:
    said: deque[str] = deque(maxlen=_LINES_KEPT)
    image, trouble, told = "", "", time.monotonic()
    try:
        for line in _stream(what, arguments, tag):
            text = str(line.get("stream", "")).rstrip()
            said.extend(text.splitlines())
            if _STEP.match(text) and time.monotonic() - told > _TELL_EVERY_S:
                told = time.monotonic()
                tell(f"image {tag}: {text}")
            if built := _BUILT.search(text):
                image = built[1]
            image = line.get("aux", {}).get("ID", image)
            trouble = str(line.get("error", trouble))
    except ENGINE_ERRORS as error:
        trouble = brief(error)
    if trouble or not image:
        names = ", ".join(each.name for each in services)
        lines = "".join(f"\n    {line}" for line in said)
        raise EnvironmentFailed(
            f"the image of service {names} cannot be built: {trouble or 'no image'};"
            f" its last output:{lines or ' none'}",
            where=str(Path(what.context) / what.dockerfile),
            hint="correct the Dockerfile; what it copies in must be there before: gonogo doctor",
        )
    return image


def _stream(what: _Build, arguments: dict[str, str], tag: str) -> Iterator[dict[str, Any]]:
    # The classic builder: BuildKit needs a plug-in that an engine may not have.
    lines: Iterator[dict[str, Any]] = connect().client.api.build(
        path=what.context,
        dockerfile=what.dockerfile,
        tag=tag,
        target=what.stage or None,
        buildargs=arguments,
        rm=True,
        forcerm=True,
        decode=True,
    )
    return lines


def _found(name: str, services: list[Service], target: Target, tell: Callable[[str], None]) -> str:
    if not has_image(name):
        trouble = pull(name, tell)
        if trouble:
            raise EnvironmentFailed(
                f"the image {name} is not on this machine and cannot be pulled: {trouble}",
                where=f"{target.file}: services.{services[0].name}.image",
                hint="docker load it, give the service a build, or use --backend process",
            )
    image = connect().client.images.get(name).id
    assert image is not None  # noqa: S101 - the engine's own id
    return image
