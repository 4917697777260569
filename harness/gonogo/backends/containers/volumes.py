"""Volumes of a run: new, labelled, filled with their first files, writable for their services."""

import io
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gonogo.backends.containers.create import named_volumes, volume_name
from gonogo.backends.containers.engine import connect, docker_errors, engine_work
from gonogo.backends.containers.labels import labels, name_of
from gonogo.target import Service, Target

Owner = tuple[int, int]

_MOUNT = "gonogo-volume-"
_OWNED = 0o755
_SHARED = 0o777


def create_volumes(target: Target, run: str) -> None:
    """Make every volume the services mount.

    Raises:
        EnvironmentFailed: the engine cannot.
    """
    sources = {name for service in target.services.values() for name in named_volumes(service)}
    for source in sorted(sources):
        with engine_work(f"create the volume {source}"):
            connect().client.volumes.create(name=volume_name(run, source), labels=labels(run))


@dataclass(frozen=True, slots=True)
class _Filling:
    """How a volume is filled: its first files, and their owner."""

    source: str
    seed: Path | None
    owner: Owner
    mode: int


def fill_volumes(target: Target, run: str, image: str, containers: Mapping[str, str]) -> None:
    """Put the first files into the volumes, owned by the user of the services that mount them.

    The engine makes root the owner of an empty volume. A service that runs as another user could
    not write to it. Where several users mount one volume, every user may write to it. It takes a
    container of our own: the root of an archive keeps its owner only when it is extracted one
    level above, and that level may be read-only in the service's container.

    Args:
        target: gives the volumes and their first files.
        run: run id.
        image: id of any image; nothing of it is started.
        containers: by service, created and not started.

    Raises:
        EnvironmentFailed: a volume cannot be filled.
    """
    fillings = _fillings(target, containers)
    if not fillings:
        return
    mounts = {
        volume_name(run, each.source): {"bind": f"/{_MOUNT}{index}", "mode": "rw"}
        for index, each in enumerate(fillings)
    }
    with engine_work("fill the volumes"):
        helper = connect().create(
            image, command=["none"], labels=labels(run), name=name_of(run, "volumes"),
            network="none", volumes=mounts,
        )  # fmt: skip
        helper.put_archive("/", _archive(fillings))
        helper.remove(force=True)


def _fillings(target: Target, containers: Mapping[str, str]) -> list[_Filling]:
    users: dict[str, list[Service]] = {}
    for service in target.services.values():
        for source, path in named_volumes(service).items():
            if path not in service.read_only_mounts:
                users.setdefault(source, []).append(service)
    found: list[_Filling] = []
    for source, services in users.items():
        owners = dict.fromkeys(owner_of(containers[each.name], each) for each in services)
        others = [owner for owner in owners if owner[0] != 0]
        seed = target.seeds.get(source)
        if seed is not None or others:
            mode = _SHARED if len(others) > 1 else _OWNED
            found.append(_Filling(source, seed, others[0] if others else (0, 0), mode))
    return found


def owner_of(container: str, service: Service) -> Owner:
    """User and group ids a container runs with, by its own /etc/passwd where they are names."""
    engine = connect()
    with engine_work(f"inspect the container of service {service.name}"):
        said = str(engine.client.api.inspect_container(container)["Config"].get("User") or "0")
    user, _, group = said.partition(":")
    if user.isdecimal() and (group.isdecimal() or not group):
        return int(user), int(group or 0)
    known = _table(container, "/etc/passwd")
    row = known.get(user, ("", user, "0"))
    uid, gid = (int(user), 0) if user.isdecimal() else (int(row[1] or 0), int(row[2] or 0))
    if group:
        gid = int(group) if group.isdecimal() else int(_table(container, "/etc/group")[group][1])
    return uid, gid


def _table(container: str, path: str) -> dict[str, tuple[str, str, str]]:
    """Rows of a file such as /etc/passwd by their first word."""
    try:
        chunks, _ = connect().client.api.get_archive(container, path)
    except docker_errors.NotFound:
        return {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        file = archive.extractfile(archive.getmembers()[0])
        lines = file.read().decode(errors="replace").splitlines() if file else []
    rows = [line.split(":") for line in lines if line.count(":") >= 3]
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _archive(fillings: Sequence[_Filling]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as archive:
        for index, filling in enumerate(fillings):
            _add(archive, f"{_MOUNT}{index}", filling)
    return buffer.getvalue()


def _add(archive: tarfile.TarFile, root: str, filling: _Filling) -> None:
    def owned(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid, info.gid = filling.owner
        info.uname = info.gname = ""
        if info.name == root:
            info.mode = filling.mode
        return info

    top = tarfile.TarInfo(root)
    top.type = tarfile.DIRTYPE
    archive.addfile(owned(top))
    if filling.seed is not None and filling.seed.is_dir():
        for path in sorted(filling.seed.iterdir()):
            archive.add(path, arcname=f"{root}/{path.name}", filter=owned)
    elif filling.seed is not None:
        archive.add(filling.seed, arcname=f"{root}/{filling.seed.name}", filter=owned)
