"""What the gate does with each Compose key: one table, with a reason for each key.

In containers every key that shapes a container is honoured. Some keys cannot be honoured for local
processes. Such a key is refused there when, without it, the system could pass as local processes
and fail in containers (or the reverse) and no report would show why. It is only noted when it
changes how a container is named, built or restricted. The backend is chosen after the file is read.
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
    NOTED_FOR_PROCESS = "honoured in a container, noted for a local process"
    NEEDS_COMMAND = "for a local process, noted if it has a process command, else refused"
    REFUSED_FOR_PROCESS = "honoured in a container, refused for a local process"
    NOTED = "noted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """The treatment of one key.

    Attributes:
        use: see ``Use``.
        reason: why; it is part of the message.
        hint: what to write instead, for refused keys.
        harmless: values that change nothing; they are accepted without a note.
    """

    use: Use
    reason: str = ""
    hint: str = ""
    harmless: tuple[Any, ...] = ()


def _honoured(*names: str) -> dict[str, Rule]:
    return {name: Rule(Use.HONOURED) for name in names}


def _noted(reason: str, *names: str) -> dict[str, Rule]:
    return {name: Rule(Use.NOTED, reason) for name in names}


def _noted_for_process(reason: str, *names: str) -> dict[str, Rule]:
    return {name: Rule(Use.NOTED_FOR_PROCESS, reason) for name in names}


def _refused_for_process(reason: str, *names: str, hint: str) -> dict[str, Rule]:
    return {name: Rule(Use.REFUSED_FOR_PROCESS, reason, hint) for name in names}


def _refused(
    reason: str, *names: str, hint: str, harmless: tuple[Any, ...] = ()
) -> dict[str, Rule]:
    return {name: Rule(Use.REFUSED, reason, hint, harmless) for name in names}


_LEAVE_OUT = "leave it out of the file that the gate reads"
_IN_DOCKER = "run it in containers: --backend docker"

SERVICE: Mapping[str, Rule] = {
    **_honoured("image", "build", "command", "environment", "env_file", "ports", "expose"),
    **_honoured("depends_on", "restart", "volumes", "mem_limit", "cpus", "deploy"),
    **_honoured("stop_grace_period", "networks"),
    **_noted_for_process(
        "it runs in a container only; for a local process, `ready` says when it is healthy",
        "healthcheck",
    ),
    **_noted("it is a label and changes nothing", "labels", "label_file", "annotations"),
    **_noted("the gate gives names to what it starts", "container_name", "hostname", "domainname"),
    **_noted("the gate records the output of every service itself", "logging", "attach"),
    **_noted("a service of the gate has no terminal", "tty", "stdin_open"),
    **_noted_for_process("the gate reaps the processes it starts", "init"),
    **_noted("it only says how to get the image", "platform", "pull_policy"),
    **_noted_for_process("a local process runs as the user of the gate", "user", "group_add"),
    **_noted("the setting of the engine is used", "userns_mode", "isolation", "credential_spec"),
    **_noted_for_process(
        "it restricts a container; a local process is not restricted",
        "cap_drop",
        "security_opt",
        "read_only",
    ),
    **_noted_for_process("a local process writes to the disk of the machine", "tmpfs"),
    **_noted_for_process("a local process shares the process table of the machine", "pids_limit"),
    **_noted("the setting of the engine is used", "storage_opt"),
    **_noted_for_process("a local process shares /dev/shm of the machine", "shm_size"),
    **_noted("it is a reservation, not a limit", "mem_reservation"),
    **_noted(
        "it only has an effect when the machine is short of resources",
        "cpu_shares",
        "oom_score_adj",
    ),
    **_noted("the gate gives no swap to services", "memswap_limit", "mem_swappiness"),
    **_noted("only `compose watch` reads it", "develop"),
    **_noted_for_process("a local process is stopped by SIGTERM", "stop_signal"),
    "entrypoint": Rule(
        Use.NEEDS_COMMAND,
        "a local process has no image, so there is no entry point to replace",
        "give x-harness.services.<name>.process.command",
    ),
    "working_dir": Rule(
        Use.NEEDS_COMMAND,
        "the folder exists only inside the image",
        "give x-harness.services.<name>.process.command",
    ),
    **_refused(
        "it changes which other services this one reaches",
        *("network_mode", "links", "external_links", "dns", "dns_search", "dns_opt"),
        *("extra_hosts", "mac_address"),
        hint="use the names of services; the gate resolves them",
    ),
    **_refused(
        "it shares a kernel namespace, so a fault would hit more than its service",
        *("pid", "ipc", "uts", "cgroup", "cgroup_parent"),
        hint=_LEAVE_OUT,
        harmless=("private",),
    ),
    **_refused(
        "it gives the service rights over the machine",
        *("privileged", "devices", "device_cgroup_rules", "gpus", "runtime", "use_api_socket"),
        hint=_LEAVE_OUT,
    ),
    **_refused_for_process(
        "a local process would need rights over the machine", "cap_add", hint=_IN_DOCKER
    ),
    **_refused(
        "it sets a limit that the gate does not apply and cannot use for percentages",
        *("cpu_quota", "cpu_period", "cpu_count", "cpu_percent", "cpuset", "cpu_rt_period"),
        "cpu_rt_runtime",
        hint="write cpus: N",
    ),
    **_refused_for_process(
        "the service would reach this limit in its container and never as a local process",
        *("ulimits", "sysctls"),
        hint=_IN_DOCKER,
    ),
    **_refused(
        "the gate does not apply it and would not show its effect",
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
        "it would depend on a command line whether the service runs",
        "profiles",
        hint="give the gate a file with exactly the services to judge",
    ),
    **_refused(
        "a part of the description would be in another place",
        "extends",
        hint="write the service out, or share it by a YAML anchor",
    ),
    **_refused(
        "the files that Compose puts into the container would be missing",
        "secrets",
        "configs",
        hint="pass it in the environment, or mount it as a volume",
    ),
    **_refused(
        "the volumes of the other service would be missing",
        "volumes_from",
        hint="mount the same named volume in both",
    ),
    **_refused(
        "it runs a program beside the service, which the gate does not do",
        *("post_start", "pre_stop", "provider", "models"),
        hint=_LEAVE_OUT,
    ),
}

TOP: Mapping[str, Rule] = {
    **_honoured("name", "version", "services", "volumes", "networks"),
    **_refused(
        "a part of the description would be in another place",
        "include",
        hint="write it into this file",
    ),
    **_noted(
        "no service can use it, because the key is refused there", "secrets", "configs", "models"
    ),
}

BUILD: Mapping[str, Rule] = {
    **_honoured("context", "dockerfile", "args", "target"),
    **_noted("it does not change what is built", "labels", "tags", "platforms", "pull"),
    **_noted("it only makes builds faster", "cache_from", "cache_to", "no_cache"),
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
    **_noted("it is a label and changes nothing", "labels"),
    **_noted("it has an effect in a cluster only", "placement", "endpoint_mode"),
    **_noted(
        "the gate starts the system once and updates nothing", "update_config", "rollback_config"
    ),
}

VOLUME: Mapping[str, Rule] = {
    **_noted("every run has new volumes of its own", "driver", "labels", "name"),
    **_refused(
        "every run has new volumes of its own",
        "external",
        hint="seed it with files: x-harness.volumes.<name>",
    ),
    **_refused("the file system would have another size or type", "driver_opts", hint=_LEAVE_OUT),
}

NETWORK: Mapping[str, Rule] = {
    **_noted("the services of a run share one network", "driver", "driver_opts", "ipam", "labels"),
    **_noted("the services of a run share one network", "name", "attachable", "internal"),
    **_noted("the services of a run share one network", "enable_ipv4", "enable_ipv6"),
    **_refused(
        "the gate cannot start what the services reach on it",
        "external",
        hint="describe every service the system needs in this file",
    ),
}


def apply(
    table: Mapping[str, Rule], node: Node, remarks: Remarks, *, has_process_command: bool = False
) -> Keys:
    """The keys of ``node`` that some backend honours; ``remarks`` receives notes and refusals.

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
    elif rule.use is Use.REFUSED_FOR_PROCESS or (
        rule.use is Use.NEEDS_COMMAND and not has_process_command
    ):
        remarks.refuse(error, Form.PROCESS)
    else:
        remarks.note(note, Form.PROCESS)


def _suggest(key: str, table: Mapping[str, Rule]) -> Sequence[str]:
    honoured = [name for name, rule in table.items() if rule.use not in (Use.NOTED, Use.REFUSED)]
    close = nearest(key, table)
    return close if len(close) <= 3 else sorted(honoured)
