"""What travels between the harness and the processes of a load."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gonogo.target import JsonPointer, Operation, SetupStep, TestUser
from gonogo.vocabulary.events import FigureRow
from gonogo_load import ClosedModelPlan, OpenModelPlan
from gonogo_load.closed.plan import LocustOrder
from gonogo_load.messages import Figures, Message, Refused, WorkersMissing, read_message
from gonogo_load.wire import from_line, to_line

COMMON: dict[str, Any] = {
    "run": "run",
    "run_dir": Path("/runs/run"),
    "load": "steady",
    "phase": "load",
    "base_url": "http://127.0.0.1:1",
    "operations": (
        Operation("read", "GET", "/read", status=(200, 404), json_keys=("items",)),
        Operation("write", "PUT", "/w", body={"a": [1.5, None, {"b": "{value}"}]}, weight=0.5),
    ),
    "seed": 7,
    "setup": (SetupStep("POST", "/s", {"x": 2**70}, capture={"id": JsonPointer("/a~1b/0")}),),
    "user": TestUser("/login", {"password": "secret"}, JsonPointer("/token")),
}


def test_an_open_model_plan_arrives_as_it_was_sent() -> None:
    """Operations, pointers, bodies and the login are equal, in one line."""
    plan = OpenModelPlan(**COMMON, rate_per_s=10.0, count=5)
    line = to_line(plan)
    assert line.count(b"\n") == 1
    assert from_line(line, OpenModelPlan) == plan


def test_a_closed_model_plan_arrives_as_it_was_sent() -> None:
    """So is the plan of the closed model, with the number of the worker."""
    plan = ClosedModelPlan(**COMMON, users=4, duration_s=9, ramp_s=1.0, captures={"id": "1"})
    for worker in (None, 1):
        order = LocustOrder(plan, worker)
        assert from_line(to_line(order), LocustOrder) == order


def test_a_relative_run_directory_becomes_absolute() -> None:
    """The processes of a load have another working directory."""
    plan = OpenModelPlan(**COMMON | {"run_dir": Path("here")}, rate_per_s=10.0, count=5)
    assert from_line(to_line(plan), OpenModelPlan).run_dir == Path.cwd() / "here"


@pytest.mark.parametrize(
    ("body", "arrives"),
    [
        ({True: 1, None: 2, 3: 4}, {"true": 1, "null": 2, "3": 4}),
        ({"half": "\ud800"}, {"half": "\ud800"}),
    ],
)
def test_bodies_that_only_python_s_json_can_write(body: object, arrives: object) -> None:
    """Keys that are no text become text, and half a surrogate pair stays, as in the request."""
    changed = (Operation("write", "PUT", "/w", body=body),)
    plan = OpenModelPlan(**COMMON | {"operations": changed}, rate_per_s=10.0, count=5)
    assert from_line(to_line(plan), OpenModelPlan).operations[0].body == arrives


@pytest.mark.parametrize(
    "message",
    [
        Refused("POST /s: 500, expected (200, 201): \ud800"),
        WorkersMissing(["host_1"]),
        Figures((FigureRow("Aggregated", requests=3, failures=0, p50_ms=1.5),)),
    ],
)
def test_messages_arrive_as_they_were_sent(message: Message) -> None:
    """Whatever the text of a system's answer is, the harness reads the message."""
    assert read_message(to_line(message)) == message


def test_a_line_that_is_no_message_is_refused() -> None:
    """A message of an unknown kind is not silently ignored."""
    with pytest.raises(msgspec.ValidationError):
        read_message(b'{"type": "Unknown"}')
