"""What the gate makes of each Compose key: the one table, with a reason each.

Containers honour what shapes a container. A key that a local process cannot honour is refused
there when the system, run without it, could pass as processes and fail in its containers (or
the other way round) for a reason that no report would show. It is noted when it only changes
how a container looks, is built or is locked in. The backend is chosen after the file is read.
Source of the names: github.com/compose-spec/compose-spec, 05-services.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gonogo.target.node import Keys, Node, nearest
from gonogo.target.remarks import Remarks
from gonogo.vocabulary import Form


class Use(Enum):
    """What happens to a key."""

    HONOURED = "honoured"
    LOOSENED = "honoured in a container, noted for a local process"
    OF_COMMAND = "as LOOSENED where a process command takes its place, else as CONTAINED"
    CONTAINED = "honoured in a container, refused for a local process"
    NOTED = "noted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """The treatment of one key.

    Attributes:
        use: see ``Use``.
        reason: why; part of the message.
        hint: what to write instead, for refused keys.
        harmless: values that say what holds anyway and are accepted in silence.
    """

    use: Use
    reason: str = ""
    hint: str = ""
    harmless: tuple[Any, ...] = ()


def _honoured(*names: str) -> dict[str, Rule]:
    return {name: Rule(Use.HONOURED) for name in names}


def _noted(reason: str, *names: str) -> dict[str, Rule]:
    return {name: Rule(Use.NOTED, reason) for name in names}


def _loosened(reason: str, *names: str) -> dict[str, Rule]:
    return {name: Rule(Use.LOOSENED, reason) for name in names}


def _contained(reason: str, *names: str, hint: str) -> dict[str, Rule]:
    return {name: Rule(Use.CONTAINED, reason, hint) for name in names}


def _refused(
    reason: str, *names: str, hint: str, harmless: tuple[Any, ...] = ()
) -> dict[str, Rule]:
    return {name: Rule(Use.REFUSED, reason, hint, harmless) for name in names}


_LEAVE_OUT = "leave it out of the file the gate reads"
_IN_DOCKER = "run it in containers: --backend docker"

SERVICE: Mapping[str, Rule] = {
    **_honoured("image", "build", "command", "environment", "env_file", "ports", "expose"),
    **_honoured("depends_on", "restart", "volumes", "mem_limit", "cpus", "deploy"),
    **_honoured("stop_grace_period", "networks"),
    **_loosened("it runs in a container only; here `ready` says who is healthy", "healthcheck"),
    **_noted("it labels, it does nothing", "labels", "label_file", "annotations"),
    **_noted("the gate names what it starts", "container_name", "hostname", "domainname"),
    **_noted("the gate keeps every service's output itself", "logging", "attach"),
    **_noted("nobody is at its terminal", "tty", "stdin_open"),
    **_loosened("the gate reaps what it starts", "init"),
    **_noted("it tells how to get the image", "platform", "pull_policy"),
    **_loosened("a local process runs as the gate's own user", "user", "group_add"),
    **_noted("the engine's own setting holds", "userns_mode", "isolation", "credential_spec"),
    **_loosened(
        "it locks a container in; a local process is not", "cap_drop", "security_opt", "read_only"
    ),
    **_loosened("a local process writes to the machine's own disk", "tmpfs"),
    **_loosened("a local process shares the machine's table of processes", "pids_limit"),
    **_noted("the engine's own setting holds", "storage_opt"),
    **_loosened("a local process shares the machine's /dev/shm", "shm_size"),
    **_noted("it reserves, it does not limit", "mem_reservation"),
    **_noted("it ranks containers when the machine is short", "cpu_shares", "oom_score_adj"),
    **_noted("the gate gives no service any swap", "memswap_limit", "mem_swappiness"),
    **_noted("only `compose watch` reads it", "develop"),
    **_loosened("a local process is stopped by SIGTERM", "stop_signal"),
    "entrypoint": Rule(
        Use.OF_COMMAND,
        "a local process has no image whose entry point it could replace",
        "give x-harness.services.<name>.process.command",
    ),
    "working_dir": Rule(
        Use.OF_COMMAND,
        "the directory exists only inside the image",
        "give x-harness.services.<name>.process.command",
    ),
    **_refused(
        "it changes which other services this one reaches",
        *("network_mode", "links", "external_links", "dns", "dns_search", "dns_opt"),
        *("extra_hosts", "mac_address"),
        hint="use service names; the gate leads them to where the services run",
    ),
    **_refused(
        "it shares a kernel namespace, so a fault would hit more than its service",
        *("pid", "ipc", "uts", "cgroup", "cgroup_parent"),
        hint=_LEAVE_OUT,
        harmless=("private",),
    ),
    **_refused(
        "it gives the service powers over the machine",
        *("privileged", "devices", "device_cgroup_rules", "gpus", "runtime", "use_api_socket"),
        hint=_LEAVE_OUT,
    ),
    **_contained("a local process would need powers over the machine", "cap_add", hint=_IN_DOCKER),
    **_refused(
        "it sets a limit that the gate neither applies nor knows as the unit of a percentage",
        *("cpu_quota", "cpu_period", "cpu_count", "cpu_percent", "cpuset", "cpu_rt_period"),
        "cpu_rt_runtime",
        hint="write cpus: N",
    ),
    **_contained(
        "the service would run into it in its container and never here",
        *("ulimits", "sysctls"),
        hint=_IN_DOCKER,
    ),
    **_refused(
        "the gate neither applies it nor shows what it does",
        *("blkio_config", "oom_kill_disable"),
        hint=_LEAVE_OUT,
    ),
    **_refused(
        "the gate runs one of each service",
        "scale",
        hint="give each copy a service of its own",
        harmless=(1, "1"),
    ),
    **_refused(
        "whether the service runs at all would depend on a command line",
        "profiles",
        hint="give the gate a file with exactly the services to judge",
    ),
    **_refused(
        "part of the description would stand elsewhere",
        "extends",
        hint="write the service out, or share it by a YAML anchor",
    ),
    **_refused(
        "files that Compose puts into the container would be missing",
        "secrets",
        "configs",
        hint="pass it in the environment, or mount it as a volume",
    ),
    **_refused(
        "the service would miss what it mounts",
        "volumes_from",
        hint="mount the same named volume in both",
    ),
    **_refused(
        "it runs something beside the service that the gate would not run",
        *("post_start", "pre_stop", "provider", "models"),
        hint=_LEAVE_OUT,
    ),
}

TOP: Mapping[str, Rule] = {
    **_honoured("name", "version", "services", "volumes", "networks"),
    **_refused(
        "part of the description would stand elsewhere", "include", hint="write it into this file"
    ),
    **_noted("no service that is accepted can use it", "secrets", "configs", "models"),
}

BUILD: Mapping[str, Rule] = {
    **_honoured("context", "dockerfile", "args", "target"),
    **_noted("it does not change what is built", "labels", "tags", "platforms", "pull"),
    **_noted("it only saves time", "cache_from", "cache_to", "no_cache"),
    **_refused(
        "the classic builder cannot honour it",
        *("dockerfile_inline", "ssh", "secrets", "additional_contexts", "entitlements"),
        *("network", "extra_hosts", "privileged", "isolation", "shm_size", "ulimits"),
        hint="build the image beforehand and name it by image:",
    ),
}

DEPLOY: Mapping[str, Rule] = {
    **_honoured("resources", "restart_policy"),
    **_refused(
        "the gate runs one of each service",
        "replicas",
        hint="give each copy a service of its own",
        harmless=(1, "1"),
    ),
    **_refused(
        "the gate runs one of each service", "mode", hint=_LEAVE_OUT, harmless=("replicated",)
    ),
    **_noted("it labels, it does nothing", "labels"),
    **_noted("only a cluster reads it", "placement", "endpoint_mode"),
    **_noted("the gate starts once and updates nothing", "update_config", "rollback_config"),
}

VOLUME: Mapping[str, Rule] = {
    **_noted("every run has fresh volumes of its own", "driver", "labels", "name"),
    **_refused(
        "the gate starts every run with fresh volumes",
        "external",
        hint="seed it with files: x-harness.volumes.<name>",
    ),
    **_refused("size and kind of the file system would differ", "driver_opts", hint=_LEAVE_OUT),
}

NETWORK: Mapping[str, Rule] = {
    **_noted("the services of a run share one network", "driver", "driver_opts", "ipam", "labels"),
    **_noted("the services of a run share one network", "name", "attachable", "internal"),
    **_noted("the services of a run share one network", "enable_ipv4", "enable_ipv6"),
    **_refused(
        "what the services meet on it is not the gate's to start",
        "external",
        hint="describe every service the system needs in this file",
    ),
}


def apply(
    table: Mapping[str, Rule], node: Node, remarks: Remarks, *, has_process_command: bool = False
) -> Keys:
    """The keys of ``node`` that some backend honours; remarks on what one passes over.

    Raises:
        UsageError: a key is unknown, or no backend honours it.
    """
    honoured: Keys = {}
    for key, value in node.mapping().items():
        if key.startswith("x-"):
            continue
        rule = table.get(key)
        if rule is None:
            raise value.error(f"unknown key {key!r}", alternatives=_suggest(key, table))
        if rule.use is Use.HONOURED or (value.value is not None and _in_containers(rule)):
            honoured[key] = value
        if rule.use is Use.HONOURED or not value.value or value.value in rule.harmless:
            continue
        _remark(rule, key, value, remarks, has_process_command)
    return honoured


def _in_containers(rule: Rule) -> bool:
    return rule.use not in (Use.NOTED, Use.REFUSED)


def _remark(rule: Rule, key: str, value: Node, remarks: Remarks, has_process_command: bool) -> None:
    note = f"{value.dotted}: accepted without effect; {rule.reason}"
    error = value.error(
        f"the gate cannot honour {key!r}: {rule.reason}",
        hint=rule.hint.replace("<name>", str(value.path[-2]) if len(value.path) > 1 else ""),
    )
    if rule.use is Use.REFUSED:
        raise error
    if rule.use is Use.NOTED:
        remarks.note(note)
    elif rule.use is Use.CONTAINED or (rule.use is Use.OF_COMMAND and not has_process_command):
        remarks.refuse(error, Form.PROCESS)
    else:
        remarks.note(note, Form.PROCESS)


def _suggest(key: str, table: Mapping[str, Rule]) -> Sequence[str]:
    honoured = [name for name, rule in table.items() if rule.use not in (Use.NOTED, Use.REFUSED)]
    close = nearest(key, table)
    return close if len(close) <= 3 else sorted(honoured)
