"""Several slow calls at once, interruptible by a signal."""

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any

_LOOK_EVERY_S = 0.1


def in_parallel(
    calls: Iterable[Callable[[], object]], check: Callable[[], None] = lambda: None
) -> None:
    """Run all calls in threads of their own and wait for all; raise the first error after that.

    Args:
        calls: what to run.
        check: called several times a second; when it raises, the calls are not waited for.
    """
    ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def run(call: Callable[[], Any]) -> None:
        try:
            call()
        except BaseException as error:
            ended.put(error)
        else:
            ended.put(None)

    threads = [threading.Thread(target=run, args=(call,), daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    errors: list[BaseException] = []
    missing = len(threads)
    while missing:
        check()
        try:
            error = ended.get(timeout=_LOOK_EVERY_S)
        except Empty:
            continue
        missing -= 1
        errors += [error] if error else []
    if errors:
        raise errors[0]
