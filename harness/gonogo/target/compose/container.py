"""Keys of a service that have a meaning for containers only."""

import signal
from collections.abc import Mapping

from gonogo.target.description import Container, HealthCheck
from gonogo.target.node import Keys, Node
from gonogo.target.remarks import Remarks
from gonogo.target.units import duration_s, size_bytes

HEALTH_KEYS = ("test", "interval", "timeout", "retries", "start_period", "start_interval")


def read_container(
    keys: Keys, command: tuple[str, ...] | None, mounted_tmpfs: Mapping[str, str], remarks: Remarks
) -> Container:
    """The container settings of a service; ``command`` is its entry point as argv."""
    return Container(
        user=keys["user"].scalar() if "user" in keys else "",
        read_only=_flag(keys, "read_only"),
        init=_flag(keys, "init"),
        cap_add=_texts(keys, "cap_add"),
        cap_drop=_texts(keys, "cap_drop"),
        security_opt=_texts(keys, "security_opt"),
        group_add=_texts(keys, "group_add"),
        tmpfs={**_tmpfs(keys), **mounted_tmpfs},
        entrypoint=command,
        working_dir=keys["working_dir"].text() if "working_dir" in keys else "",
        shm_size_bytes=size_bytes(keys["shm_size"]) if "shm_size" in keys else None,
        stop_signal=_signal(keys["stop_signal"]) if "stop_signal" in keys else "",
        pids_max=_pids(keys["pids_limit"]) if "pids_limit" in keys else None,
        ulimits=_ulimits(keys["ulimits"]) if "ulimits" in keys else {},
        sysctls=_sysctls(keys["sysctls"]) if "sysctls" in keys else {},
        health=_health(keys["healthcheck"], remarks) if "healthcheck" in keys else None,
    )


def _flag(keys: Keys, name: str) -> bool:
    return keys[name].flag() if name in keys else False


def _texts(keys: Keys, name: str) -> tuple[str, ...]:
    return tuple(item.scalar() for item in keys[name].items()) if name in keys else ()


def _tmpfs(keys: Keys) -> dict[str, str]:
    if "tmpfs" not in keys:
        return {}
    node = keys["tmpfs"]
    found: dict[str, str] = {}
    for item in node.items() if isinstance(node.value, list) else [node]:
        path, _, options = item.text().partition(":")
        if not path.startswith("/"):
            raise item.wrong("a tmpfs such as /run or /tmp:size=64m")
        found[path] = options
    return found


def _signal(node: Node) -> str:
    name = node.scalar().upper()
    name = name if name.startswith("SIG") or name.isdecimal() else f"SIG{name}"
    known = [each.name for each in signal.Signals]
    if name.isdecimal() and int(name) in {int(each) for each in signal.Signals}:
        return signal.Signals(int(name)).name
    if name not in known:
        raise node.error(f"there is no signal {node.value!r}", alternatives=known)
    return name


def _pids(node: Node) -> int | None:
    number = node.number(at_least=-1)
    return int(number) if number > 0 else None


def _ulimits(node: Node) -> Mapping[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for name, each in node.mapping().items():
        if isinstance(each.value, dict):
            both = each.mapping(("soft", "hard"), required=("soft", "hard"))
            found[name] = (int(both["soft"].number()), int(both["hard"].number()))
        else:
            found[name] = (int(each.number()),) * 2
    return found


def _sysctls(node: Node) -> Mapping[str, str]:
    if isinstance(node.value, list):
        pairs = [item.text().partition("=") for item in node.items()]
        return {name: value for name, _, value in pairs}
    return {name: each.scalar() for name, each in node.mapping().items()}


def _health(node: Node, remarks: Remarks) -> HealthCheck:
    keys = node.mapping((*HEALTH_KEYS, "disable"))
    test = _health_test(keys["test"]) if "test" in keys else ()
    if ("disable" in keys and keys["disable"].flag()) or test == ("NONE",):
        return HealthCheck(test=("NONE",))
    if "start_interval" in keys:
        remarks.note(f"{keys['start_interval'].dotted}: accepted without effect; engines before"
                     " version 25 do not know it")  # fmt: skip
    seconds = {
        name: duration_s(keys[key])
        for name, key in (
            ("interval_s", "interval"), ("timeout_s", "timeout"), ("start_period_s", "start_period")
        )
        if key in keys
    }  # fmt: skip
    retries = {"retries": keys["retries"].integer(at_least=1)} if "retries" in keys else {}
    return HealthCheck(test=test, **seconds, **retries)  # type: ignore[arg-type] # a float each, and an int


def _health_test(node: Node) -> tuple[str, ...]:
    if not isinstance(node.value, list):
        return ("CMD-SHELL", node.text("a command"))
    words = tuple(item.scalar() for item in node.items())
    if not words or words[0] not in ("CMD", "CMD-SHELL", "NONE"):
        raise node.error(
            "a health check in the form of a list must start with how to run it",
            alternatives=("CMD", "CMD-SHELL", "NONE"),
        )
    return words
