"""One run: plan, start, phases, stop, judge. The composition root of the gate."""

import os
import secrets
import shutil
import time
import traceback
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from gonogo.backends import by_name, choose
from gonogo.gate.guard import Guard
from gonogo.gate.interrupt import interruptible
from gonogo.gate.live import following
from gonogo.gate.owner import WATCHDOG_DIED, owned, sweep_dead
from gonogo.gate.phases import Collected, PhaseRunner
from gonogo.gate.planning import choose_seed, planned_evidence, system_info
from gonogo.gate.stop import StopSignal
from gonogo.judgement import judge, parse_objective, undecidable
from gonogo.linux import deferred_signals
from gonogo.observation import EventLog, record_error, wall, write_plan
from gonogo.probes import Limits, ResourceSampler, machine_limits
from gonogo.target import Service, Target, load_target
from gonogo.vocabulary import (
    FAULTS_PHASE,
    EnvironmentFailed,
    HarnessError,
    Objective,
    Plan,
    UsageError,
    Verdict,
)
from gonogo.vocabulary.events import RunFinished, RunStarted
from gonogo_faults import heal_all


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What the command line asks for.

    Attributes:
        target_file: the Compose file.
        profile: name of the profile.
        backend: ``auto`` or one of the backends.
        seed: None draws one.
        runs_dir: where run directories are made.
        command: the command line, for "how to reproduce".
    """

    target_file: Path
    profile: str
    backend: str
    seed: int | None
    runs_dir: Path
    command: str


def run_gate(request: RunRequest) -> tuple[Verdict, Path]:
    """Run the gate; returns the verdict and the run directory.

    Raises:
        HarnessError: nothing was started, because the request cannot be met.
    """
    target = load_target(request.target_file, os.environ)
    plan, objectives = make_plan(request, target)
    run_dir = request.runs_dir / plan.run
    runner = PhaseRunner(target, plan.profile, run_dir)
    run_dir.mkdir(parents=True)
    try:
        collected = runner.collect()
        refuse_undecidable(plan, target, objectives, collected)
    except HarnessError:
        # A refused run has nothing to judge; `gonogo judge` must not take it for the newest.
        shutil.rmtree(run_dir)
        raise
    declared = collected.labels_by_test()
    plan = replace(plan, scenarios=collected.tests, faults_declared=declared)
    write_plan(run_dir, plan)
    sweep_dead(request.runs_dir)
    with EventLog(run_dir, plan.run, "harness", "harness") as log, following(run_dir):
        log.record(
            RunStarted(
                profile=plan.profile.name,
                seed=plan.seed,
                backend=plan.backend,
                backend_reason=plan.backend_reason,
                target=plan.target,
                command=plan.command,
            )
        )
        interrupted = _drive(plan, target, objectives, runner, log)
        log.record(RunFinished(interrupted=interrupted))
    return judge(run_dir), run_dir


def make_plan(request: RunRequest, target: Target) -> tuple[Plan, list[Objective]]:
    """The plan of a run and its objectives.

    Raises:
        UsageError: the request names what the target does not have.
        EnvironmentFailed: the backend asked for is not available.
    """
    profile = target.profiles.get(request.profile)
    if profile is None:
        raise UsageError(
            f"no profile is called {request.profile!r}",
            where="--profile",
            alternatives=sorted(target.profiles),
        )
    if target.scenarios is None:
        raise UsageError(
            "the target names no scenarios",
            where=f"{target.file}: x-harness.scenarios",
            hint="a directory of pytest files with `pytestmark = pytest.mark.phase(...)`",
        )
    lines = (*target.objectives, *target.profile_objectives.get(request.profile, ()))
    objectives = [parse_objective(line) for line in lines]
    backend, reason = choose(request.backend, target)
    target = target.for_backend(backend)
    plan = Plan(
        run=f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(2)}",
        seed=choose_seed(request.seed),
        profile=profile,
        target=target.name,
        target_file=str(request.target_file),
        backend=backend.name,
        backend_reason=reason,
        objectives=lines,
        services=tuple(target.services),
        command=request.command,
        system_info={**system_info(), "started": wall()},
        notes=target.notes,
    )
    return plan, objectives


def refuse_undecidable(
    plan: Plan, target: Target, objectives: list[Objective], collected: Collected
) -> None:
    """Refuse before the start what could only end INCONCLUSIVE.

    Raises:
        UsageError: a fault or an objective that this profile cannot decide.
    """
    unknown = [fault for fault in collected.faults if not target.selected(fault.selector)]
    if unknown:
        raise UsageError(
            f"fault {unknown[0].label!r} selects {unknown[0].selector!r}, which matches nothing",
            where=unknown[0].test,
            alternatives=target.selectable(unknown[0].selector),
        )
    labels = {fault.label for fault in collected.faults}
    missing = [label for label in plan.profile.faults_required if label not in labels]
    if missing and FAULTS_PHASE in plan.profile.phases:
        raise UsageError(
            f"profile {plan.profile.name} requires fault {missing[0]!r}, which no scenario injects",
            where=f"{target.file}: x-harness.profiles.{plan.profile.name}.faults_required",
            alternatives=sorted(labels),
        )
    _refuse_shared_labels(collected)
    windows = {fault.label: fault.window_s for fault in collected.faults}
    problems = undecidable(objectives, planned_evidence(plan, target, windows))
    if problems:
        raise UsageError(
            "the profile cannot decide: " + "; ".join(str(problem) for problem in problems),
            where=f"profile {plan.profile.name}",
            hint="raise its requests, or take the objective out of this profile",
        )


def _refuse_shared_labels(collected: Collected) -> None:
    """A label names one fault window and one background load: two scenarios cannot share it."""
    tests: dict[str, str] = {}
    for fault in collected.faults:
        if fault.label in tests:
            raise UsageError(
                f"the fault label {fault.label!r} is declared twice: by {tests[fault.label]} "
                f"and by {fault.test}",
                where=fault.test,
                hint="a label names one window in objectives; give each its own",
            )
        tests[fault.label] = fault.test


def _drive(
    plan: Plan,
    target: Target,
    objectives: list[Objective],
    runner: PhaseRunner,
    log: EventLog,
) -> bool:
    """Start the system, run the phases, stop it; errors become events.

    Returns:
        Whether it was interrupted.
    """
    stop = StopSignal()
    try:
        # A signal is raised only after all of this has ended: no cleanup is interrupted.
        with interruptible(), deferred_signals():
            try:
                with ExitStack() as stack:
                    run_dir = runner.run_dir
                    backend = by_name(plan.backend)
                    stack.enter_context(owned(run_dir, stop, log, backend))
                    system = stack.enter_context(
                        backend.environment(target, run_dir, plan.run, log)
                    )
                    stack.callback(heal_all, run_dir)
                    stack.enter_context(ResourceSampler(system, _limits(target), log))
                    stack.enter_context(
                        Guard(run_dir, objectives, plan.profile.budget_s, log, stop)
                    )
                    for phase in plan.profile.phases:
                        if stop:
                            break
                        runner.run(phase, log, stop)
            except HarnessError as error:
                record_error(log, error)
            except OSError as error:
                record_error(
                    log, EnvironmentFailed(f"the operating system refused a call: {error}")
                )
            except Exception as error:
                record_error(log, _defect(error))
    except KeyboardInterrupt:
        # The death of the watchdog sends the same signal; that one is recorded as an error.
        return stop.reason != WATCHDOG_DIED
    return False


def _defect(error: Exception) -> EnvironmentFailed:
    """A defect of gonogo itself: nothing observed until then may count against the system."""
    lines = "".join(traceback.format_exception(error)).strip()
    return EnvironmentFailed(f"gonogo itself failed: {error!r}\n{lines}", hint="please report it")


def _limits(target: Target) -> dict[str, Limits]:
    machine = machine_limits()

    def of(service: Service) -> Limits:
        return Limits(
            cores=service.cpus_limit or machine.cores,
            memory_bytes=service.memory_limit_bytes or machine.memory_bytes,
        )

    return {name: of(service) for name, service in target.services.items()}
