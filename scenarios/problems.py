"""Every refused request gets an RFC 9457 problem document without internals."""

from gonogo.plugin import Expect
from gonogo.probes import Answer

LEAKS = (b"Traceback", b'File "', b"redis.exceptions", b"site-packages")


def expect_problem(expect: Expect, answer: Answer, status: int) -> None:
    """Expect this status and a problem document without a stack trace."""
    seen = answer.status or answer.outcome.name
    expect.equal(f"the request is refused with {status}", seen, status)
    expect.equal("the answer is a problem document", answer.media_type, "application/problem+json")
    body = answer.json if isinstance(answer.json, dict) else {}
    expect.equal("its status member agrees", body.get("status"), status)
    expect.true("it has a title", bool(body.get("title")), observed=body)
    leaks = [leak for leak in LEAKS if leak in answer.body]
    expect.equal("it shows no internals", leaks, [])
