"""What it takes to start a service as a local process."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gonogo.backends.process.incarnation import ProcessIncarnation
from gonogo.backends.process.volumes import Volumes
from gonogo.backends.programs import find_program
from gonogo.linux.identity import RUN_VARIABLE, SERVICE_VARIABLE
from gonogo.linux.processes import processes_of_run
from gonogo.services.addresses import Rewriter, data_paths
from gonogo.services.service_log import log_path, open_log
from gonogo.target import Requirement, Service, Target
from gonogo.vocabulary import ProcessIdentity, UsageError

# A container inherits nothing. A local process needs these to find programs and certificates.
_INHERITED = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProcessLaunch:
    """One service as a local process, ready to be started any number of times.

    Attributes:
        run: run id.
        service: its name.
        argv: command with absolute program path.
        environment: all of it; may hold secrets.
        directory: working directory.
        log: where stdout and stderr go.
        container: none.
    """

    run: str
    service: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    log: Path
    container: str = ""

    def begin(self, wake_fd: int) -> ProcessIncarnation:
        """Start it.

        Raises:
            OSError: it cannot be executed.
        """
        process, log_offset = self._spawn()
        return ProcessIncarnation(process, log_offset, self.run, wake_fd)

    def trouble(self) -> str:
        """Nothing: a local process reports only by its output."""
        return ""

    def processes(self, main: ProcessIdentity | None) -> list[ProcessIdentity]:
        """Those that carry its mark, write to its log, or belong to such a process.

        Call it while the main process lives, or right after its end.
        """
        mains = [main] if main else []
        return processes_of_run(
            self.run, service=self.service, mains=mains, logs=[self.log], just_ended=mains
        )

    def _spawn(self) -> tuple[subprocess.Popen[bytes], int]:
        """In a session of its own: the process, and where its output begins.

        Descriptors close on exec and not before: the watchdog's pipe stays open in a child until
        the child has become the service. So a sweep never misses a child in between.
        """
        log, offset = open_log(self.log)
        try:
            process = subprocess.Popen(
                self.argv,
                env=dict(self.environment),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                close_fds=False,
            )
        finally:
            os.close(log)
        return process, offset


def needed_programs(target: Target) -> list[Requirement]:
    """The program of each service's command.

    Raises:
        UsageError: a service has no command.
    """
    found = []
    for service in target.services.values():
        program = _argv(service, target)[0].replace("{root}", str(target.root))
        if program != "{python}":
            found.append(Requirement(program, f"the command of service {service.name}"))
    return found


def _argv(service: Service, target: Target) -> tuple[str, ...]:
    argv = service.process_command or service.command
    if not argv:
        raise UsageError(
            f"service {service.name} has no command to run as a local process",
            where=f"{target.file}: x-harness.services.{service.name}.process.command",
            hint="give it one; an image's own command is known to a container engine only",
        )
    return argv


def prepare(
    target: Target, service: Service, run: str, run_dir: Path, rewriter: Rewriter, volumes: Volumes
) -> ProcessLaunch:
    """Resolve command and environment of a service and create its volumes.

    Raises:
        EnvironmentFailed: a volume cannot be filled.
    """
    volumes.create(service)
    data = {path: volumes.path(service, path) for path in data_paths(service)}

    def local(text: str) -> str:
        return rewriter.addresses(rewriter.placeholders(text, service.name, data))

    fill = local if service.process_command else rewriter.addresses
    argv = [fill(word) for word in _argv(service, target)]
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment |= {key: rewriter.addresses(value) for key, value in service.environment.items()}
    environment |= {key: local(value) for key, value in service.process_environment.items()}
    environment |= {RUN_VARIABLE: run, SERVICE_VARIABLE: service.name}
    return ProcessLaunch(
        run=run,
        service=service.name,
        argv=(find_program(argv[0], target.root) or argv[0], *argv[1:]),
        environment=environment,
        directory=target.root,
        log=log_path(run_dir, service.name),
    )
