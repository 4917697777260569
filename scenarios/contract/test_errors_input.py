"""Errors of input: invalid script parameters, malformed JSON, a very large payload."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from scenarios.error_contract import (
    expect_once,
    expect_refused,
    expect_served,
    new_account,
    total,
)

EXECUTE = "/api/scripts/execute"
JSON = {"Content-Type": "application/json"}
MIB = 1 << 20
LARGE_MIB = 100
LARGE_S_MAX = 6.0  # it reads no more than 5 s of what it refuses
GROWTH_MIB_MAX = 0.9 * LARGE_MIB  # who is asked at the same time by others grows a little too

pytestmark = pytest.mark.phase("contract")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"script": "genome_analysis", "parameters": {}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": "../../etc/passwd"}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": "/etc/passwd"}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": "no-such-file.fna"}}, 400),
        ({"script": "genome_analysis", "parameters": {"fasta": 5}}, 400),
        ({"script": "no_such_script", "parameters": {}}, 404),
        ({"parameters": {}}, 400),
    ],
    ids=["missing", "traversal", "absolute", "no-file", "type", "unknown-script", "no-script"],
)
def test_bad_execution(system: SystemUnderTest, expect: Expect, body: object, status: int) -> None:
    """Invalid parameters are refused when the script is started, not later."""
    answer = system.user_http().post(EXECUTE, json=body)
    expect_refused(expect, answer, status, sent=["../../etc/passwd", "/etc/passwd"])


def test_refused_then_corrected(system: SystemUnderTest, expect: Expect) -> None:
    """A refused execution starts nothing and does not use its key: corrected, it runs once."""
    _, client = new_account(system, expect)
    key = system.unique("key")
    bad = {"script": "filter_products", "parameters": {"input_file": "../feed.csv"}}
    refused = client.post(EXECUTE, json=bad, headers={"Idempotency-Key": key})
    expect_refused(expect, refused, 400, sent=["../feed.csv"])
    named = [error["place"] for error in refused.json["errors"]]
    expect.equal("it names the parameter", named, ["parameters.input_file"])
    expect.equal("nothing was started", total(expect, client, "/api/jobs"), 0)
    good = {"script": "filter_products", "parameters": {"input_file": "feed.csv"}}
    expect_once(expect, client, EXECUTE, good, key=key, status=202)
    expect.equal("one job was started", total(expect, client, "/api/jobs"), 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"email": ',
        b'{"email": NaN}',
        b'{"email": 1e999}',
        b'{"email": "\xff\xfe"}',
        b"[" * 100_000,
        b"{} {}",
        b"'single'",
    ],
    ids=["empty", "cut", "nan", "overflow", "encoding", "deep", "two", "quotes"],
)
def test_malformed_json(system: SystemUnderTest, expect: Expect, data: bytes) -> None:
    """A body that is not JSON is a 400, whether or not a token is needed."""
    client = system.user_http()
    for path in ("/api/auth/login", "/api/sessions"):
        expect_refused(expect, client.post(path, data=data, headers=JSON), 400)
    expect_served(expect, client)


def test_too_large(system: SystemUnderTest, expect: Expect) -> None:
    """100 MB, with or without a declared length, is a 413 and is never in memory as a whole."""
    client = system.user_http(timeout_s=LARGE_S_MAX)
    services = system.attached
    before = peaks_mib(services.processes(system.target.entry_service))
    for body in (_Large(LARGE_MIB), iter(_Large(LARGE_MIB))):
        answer = client.post("/api/sessions", data=body, headers=JSON)
        expect_refused(expect, answer, 413, within_s=LARGE_S_MAX)
    expect_served(expect, client)
    after = peaks_mib(services.processes(system.target.entry_service))
    growth = max((after[pid] - before.get(pid, 0.0) for pid in after), default=0.0)
    expect.at_most("largest growth of a process in MiB", growth, GROWTH_MIB_MAX)
    just_too_large = {"name": "x" * MIB}
    expect_refused(expect, client.post("/api/sessions", json=just_too_large), 413)


class _Large:
    """A JSON object of that many MiB, generated while it is sent."""

    def __init__(self, mib: int) -> None:
        self._mib = mib

    def __len__(self) -> int:
        return self._mib * MIB

    def __iter__(self) -> Iterator[bytes]:
        start, end = b'{"name": "', b'"}'
        yield start
        yield b"x" * (MIB - len(start) - len(end))
        for _ in range(self._mib - 1):
            yield b"x" * MIB
        yield end


def peaks_mib(processes: Any) -> Mapping[int, float]:
    """The peak memory of each process since its start, by pid."""
    found = {}
    for process in processes:
        status = Path(f"/proc/{process.pid}/status").read_text()
        (line,) = (each for each in status.splitlines() if each.startswith("VmHWM:"))
        found[process.pid] = int(line.split()[1]) / 1024
    return found
