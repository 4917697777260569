"""A user of the closed model: logs in, sends a request, waits for the answer, pauses, repeats.

Imported only inside Locust's processes: importing Locust turns threads into greenlets.
"""

import itertools
import json
import random
from collections.abc import Callable
from typing import Any, ClassVar

import gevent  # type: ignore[import-untyped]  # its stubs are a package of their own
import geventhttpclient.client
from geventhttpclient.response import HTTPConnectionClosed
from geventhttpclient.useragent import RetriesExceeded
from locust import FastHttpUser, task

from gonogo.observation import mono_ns
from gonogo.observation.records import NO_OPERATION, ClosedRecordWriter
from gonogo.target import Operation, TestUser
from gonogo.vocabulary import Outcome
from gonogo_load.closed.plan import LOGIN, ClosedModelPlan
from gonogo_load.outcome import outcome_of_answer, outcome_of_error
from gonogo_load.payload import Payload, fill_body, fill_path

_ANY_STATUS = frozenset(range(100, 600))
_NS_PER_S = 1_000_000_000
_BATCH_S = 1.0  # Locust's dispatcher wakes once a second

# By default it sends an idempotent request again when a kept connection breaks; that would hide
# a request that a killed service did not answer. It has no public switch for that.
geventhttpclient.client._may_retry_after_send_error = lambda method: False


class ClosedModelUser(FastHttpUser):
    """One user; the subclass that Locust starts holds the plan of the load."""

    abstract = True
    max_retries = 0
    concurrency = 1

    plan: ClassVar[ClosedModelPlan]
    records: ClassVar[ClosedRecordWriter]
    worker: ClassVar[int]
    _numbers: ClassVar["itertools.count[int]"] = itertools.count()

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        plan = self.plan
        self._number = next(self._numbers)
        seed = f"{plan.seed}:{self.worker}:{self._number}"
        self._random = random.Random(seed)  # noqa: S311 - reproducible on purpose
        self._payload = Payload(plan.run, plan.load, plan.seed)
        self._token = ""
        self._due_ns = mono_ns()
        # The operation says which statuses are OK.
        vars(self.client.client)["valid_response_codes"] = _ANY_STATUS

    def on_start(self) -> None:
        """Wait a random time: Locust starts all users of a second at once, and all would log in."""
        gevent.sleep(self._due_in(self._random.uniform(0.0, min(_BATCH_S, self.plan.ramp_s))))

    def wait_time(self) -> float:
        """The pause after an answer; the next request is due at its end."""
        return self._due_in(self._random.uniform(*self.plan.think_s))

    def _due_in(self, pause_s: float) -> float:
        self._due_ns = mono_ns() + round(pause_s * _NS_PER_S)
        return pause_s

    @task
    def send_next(self) -> None:
        """Send one request: the login until there is a token, then one of the mix, by weight."""
        user = self.plan.user
        if user is not None and not self._token:
            self._log_in(user)
            return
        operations = self.plan.operations
        weights = [each.weight for each in operations]
        index = self._random.choices(range(len(operations)), weights)[0]
        self._send_operation(operations[index], index)

    def _log_in(self, user: TestUser) -> None:
        def read_token(status: int, content: bytes) -> Outcome:
            if not 200 <= status < 300:
                return Outcome.HTTP_ERROR
            try:
                token = user.token_pointer.resolve(json.loads(content))
            except ValueError:
                return Outcome.WRONG_BODY
            if not isinstance(token, str) or not token:
                return Outcome.WRONG_BODY
            self._token = token
            return Outcome.OK

        seq = self._begin(LOGIN, NO_OPERATION)
        self._send(seq, LOGIN, "POST", user.login_path, dict(user.body), {}, read_token)

    def _send_operation(self, operation: Operation, index: int) -> None:
        seq = self._begin(operation.name, index)
        fillings = self._payload.fillings(seq, self.plan.captures)
        headers = {}
        if operation.method not in ("GET", "HEAD"):
            headers["Idempotency-Key"] = self._payload.idempotency_key(seq)
        if operation.authenticated and self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        self._send(
            seq,
            operation.name,
            operation.method,
            fill_path(operation.path, fillings),
            fill_body(operation.body, fillings),
            headers,
            lambda status, content: outcome_of_answer(operation, status, content),
        )

    def _begin(self, name: str, operation: int) -> int:
        return self.records.start(
            intended_ns=self._due_ns,
            name_id=self.plan.names.index(name),
            user=self._number,
            operation=operation,
        )

    def _send(
        self,
        seq: int,
        name: str,
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str],
        outcome_of: Callable[[int, bytes], Outcome],
    ) -> None:
        """Send a request and record how it ended, also when the user is stopped."""
        headers["X-Request-Id"] = self._payload.request_id(seq)
        status, outcome = 0, Outcome.IN_FLIGHT  # kept when the user is stopped meanwhile
        sent_ns = mono_ns()
        done_ns = 0
        try:
            # The client's own timeouts limit one read each, not an answer in many slow parts.
            with (
                gevent.Timeout(self.plan.timeout_s),
                self.client.request(
                    method,
                    path,
                    name=name,
                    json=body,
                    headers=headers,
                    allow_redirects=False,
                    catch_response=True,
                ) as response,
            ):
                done_ns = mono_ns()
                status = response.status_code or 0
                error = response.request_meta["exception"]
                outcome = _outcome(error) if error else outcome_of(status, response.content or b"")
                if outcome is Outcome.OK:
                    response.success()
                else:
                    response.failure(outcome.name.lower())
        except gevent.Timeout:
            outcome = Outcome.TIMEOUT
        finally:
            if not status:
                self.client.client.clientpool.close()  # a broken connection is not used again
            self.records.end(
                seq,
                intended_ns=self._due_ns,
                sent_ns=sent_ns,
                done_ns=done_ns or mono_ns(),
                status=status,
                name_id=self.plan.names.index(name),
                outcome=outcome,
            )


def _outcome(error: BaseException) -> Outcome:
    if isinstance(error, RetriesExceeded):  # wraps the one error: retries are off
        error = getattr(error, "original", error)
    if isinstance(error, gevent.Timeout):
        return Outcome.TIMEOUT
    if isinstance(error, HTTPConnectionClosed):
        return Outcome.RESET
    return outcome_of_error(error) if isinstance(error, Exception) else Outcome.OTHER
