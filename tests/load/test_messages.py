"""What travels between the harness and the processes of a load."""

from pathlib import Path
from typing import Any

import pytest

from gonogo.observation import from_json, to_json
from gonogo.target import JsonPointer, Operation, SetupStep, TestUser
from gonogo.vocabulary.events import FigureRow
from gonogo_load import ClosedModelPlan, OpenModelPlan
from gonogo_load.closed.plan import LocustOrder
from gonogo_load.messages import Figures, Message, Refused, WorkersMissing, read_message

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
    line = to_json(plan)
    assert b"\n" not in line
    assert from_json(line, OpenModelPlan) == plan


def test_a_closed_model_plan_arrives_as_it_was_sent() -> None:
    """So is the plan of the closed model, with the number of the worker."""
    plan = ClosedModelPlan(**COMMON, users=4, duration_s=9, ramp_s=1.0, captures={"id": "1"})
    for worker in (None, 1):
        order = LocustOrder(plan, worker)
        assert from_json(to_json(order), LocustOrder) == order


@pytest.mark.parametrize(
    ("body", "arrives"),
    [
        ({True: 1, None: 2, 3: 4}, {"true": 1, "null": 2, "3": 4}),
        ({"half": "\ud800"}, {"half": "\\ud800"}),
    ],
)
def test_bodies_that_json_has_no_form_for(body: object, arrives: object) -> None:
    """Keys that are no text become text; half a surrogate pair is written as its escape."""
    changed = (Operation("write", "PUT", "/w", body=body),)
    plan = OpenModelPlan(**COMMON | {"operations": changed}, rate_per_s=10.0, count=5)
    assert from_json(to_json(plan), OpenModelPlan).operations[0].body == arrives


@pytest.mark.parametrize(
    "message",
    [
        Refused("POST /s: 500, expected (200, 201)"),
        WorkersMissing(["host_1"]),
        Figures((FigureRow("Aggregated", requests=3, failures=0, p50_ms=1.5),)),
    ],
)
def test_messages_arrive_as_they_were_sent(message: Message) -> None:
    """Each message is equal after the way to the harness."""
    assert read_message(to_json(message)) == message


def test_a_text_of_the_system_that_utf_8_cannot_hold() -> None:
    """The harness reads the message although the system's answer holds half a surrogate pair."""
    assert read_message(to_json(Refused("500: \ud800"))) == Refused("500: \\ud800")


def test_a_line_that_is_no_message_is_refused() -> None:
    """A message of an unknown kind is not silently ignored."""
    with pytest.raises(ValueError, match="Unknown"):
        read_message(b'{"type": "Unknown"}')
