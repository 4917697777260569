"""The process of an open-model load, run as ``python -m gonogo_load.open.worker``.

Standard input: one line, an ``OpenModelPlan``. It stays open; when it ends, the harness has
ended. Standard output: the messages ``Started``, then ``Finished``, or ``Refused``. SIGTERM stops
the scheduling and waits for requests in flight; SIGINT and the end of the input do not wait.
Exit codes: 0 every record is written, 1 the system refused the login or setup.
"""

import asyncio
import gc
import resource
import signal
import sys
from collections.abc import Callable

import uvloop

from gonogo.observation import EventLog, from_json, mono_ns, record_error
from gonogo.observation.records import RecordWriter
from gonogo.vocabulary import ExitCode, SystemNotReady
from gonogo.vocabulary.events import LoadFinished, LoadStarted
from gonogo_load.client import Client
from gonogo_load.messages import Finished, Refused, Started, send
from gonogo_load.open.plan import OpenModelPlan
from gonogo_load.open.schedule import planned_schedule
from gonogo_load.open.sender import RequestSender
from gonogo_load.prepare import prepare

_LEAD_NS = 250_000_000  # from the durable schedule to the first request


async def _run(plan: OpenModelPlan, log: EventLog) -> ExitCode:
    async with Client(plan.base_url, plan.timeout_s) as client:
        try:
            captures = await prepare(client, plan)
        except SystemNotReady as fell:
            record_error(log, fell)
            send(Refused(fell.what))
            return ExitCode.NO_GO
        start_ns = mono_ns() + _LEAD_NS
        schedule = planned_schedule(
            plan.operations,
            seed=plan.seed,
            rate_per_s=plan.rate_per_s,
            count=plan.count,
            start_ns=start_ns,
        )
        records = RecordWriter(plan.run_dir, plan.header(captures), schedule)
        sender = RequestSender(plan, client, captures, schedule, records)
        await _drive(plan, sender, log, start_ns)
        records.close()
    return ExitCode.GO


async def _drive(plan: OpenModelPlan, sender: RequestSender, log: EventLog, start_ns: int) -> None:
    loop = asyncio.get_running_loop()
    _on_signal(signal.SIGTERM, loop, sender.stop)
    _on_signal(signal.SIGINT, loop, sender.abort)
    loop.add_reader(sys.stdin.fileno(), _on_input_end, loop, sender)
    log.record(
        LoadStarted(
            load=plan.load,
            phase=plan.phase,
            planned=plan.count,
            rate_per_s=plan.rate_per_s,
            start_ns=start_ns,
        )
    )
    send(Started(start_ns))
    gc.collect()
    gc.freeze()  # later collections skip what exists now
    sender.begin()
    await sender.finish()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    log.record(LoadFinished(plan.load, sender.end_ns, stopped_early=sender.stopped_early))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = round(used.ru_utime + used.ru_stime, 3)
    send(Finished(sender.end_ns, sender.stopped_early, cpu_s))


def _on_signal(
    number: signal.Signals, loop: asyncio.AbstractEventLoop, call: Callable[[], None]
) -> None:
    # Not add_signal_handler: when the loop ends it restores the signal's default action, and a
    # late second signal would kill a worker that has written everything.
    signal.signal(number, lambda *_: loop.call_soon_threadsafe(call))


def _on_input_end(loop: asyncio.AbstractEventLoop, sender: RequestSender) -> None:
    # Only the end of the input is read here: the harness has ended.
    loop.remove_reader(sys.stdin.fileno())
    sender.abort()


def main() -> int:
    """Read the plan and run the load."""
    # Unbuffered: the loop watches the same descriptor afterwards.
    with open(0, "rb", buffering=0, closefd=False) as stdin:
        line = stdin.readline()
    if not line:
        return ExitCode.USAGE
    plan = from_json(line, OpenModelPlan)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        EventLog(plan.run_dir, plan.run, f"load-{plan.load}", "load") as log,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(_run(plan, log))


if __name__ == "__main__":
    raise SystemExit(main())
