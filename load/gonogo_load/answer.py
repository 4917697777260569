"""Whether an answer is the one an operation expects."""

import json

from gonogo.target import Operation
from gonogo.vocabulary import Outcome


def outcome_of_answer(operation: Operation, status: int, content: bytes) -> Outcome:
    """OK, or what is wrong with the status or the body."""
    if status not in operation.status:
        return Outcome.HTTP_ERROR
    if not operation.json_keys:
        return Outcome.OK
    try:
        answer = json.loads(content)
    except ValueError:
        return Outcome.WRONG_BODY
    whole = isinstance(answer, dict) and all(key in answer for key in operation.json_keys)
    return Outcome.OK if whole else Outcome.WRONG_BODY
