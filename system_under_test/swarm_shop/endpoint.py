"""One GraphQL request: parse it, compute its cost, charge the bucket, run it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from swarm_shop.bucket import Bucket
from swarm_shop.cost import actual_cost, requested_cost
from swarm_shop.schema import Context

COST_MAX = 1000
TOKENS_MAX = 20_000
QUERIES_KEPT_MAX = 32


class Endpoint:
    """Answers requests of one shop within its cost bucket."""

    def __init__(self, schema: GraphQLSchema, bucket: Bucket) -> None:
        self._schema = schema
        self._bucket = bucket
        self.throttled = 0
        # Clients repeat the same few queries.
        self._checked = lru_cache(QUERIES_KEPT_MAX)(self._check)

    def answer(self, body: dict[str, Any], context: Context, *, throttle: bool) -> dict[str, Any]:
        """Return the answer's document; ``throttle`` treats the bucket as empty."""
        document, errors = self._checked(str(body.get("query") or ""))
        if document is None:
            return {"errors": [error.formatted for error in errors]}
        operation = get_operation_ast(document, body.get("operationName"))
        if operation is None:
            return {"errors": [{"message": "operationName must choose one operation"}]}
        fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        variables = body.get("variables") or {}
        requested = requested_cost(self._schema, operation, fragments, variables)
        cost_max = min(COST_MAX, self._bucket.points_max)
        if requested > cost_max:
            return _refusal(
                f"Query cost is {requested}, which exceeds the single query max cost limit "
                f"({cost_max:g}).",
                "MAX_COST_EXCEEDED",
                self._cost(requested, None),
            )
        if throttle or not self._bucket.take(requested):
            self.throttled += 1
            return _refusal("Throttled", "THROTTLED", self._cost(requested, None))
        result = execute_sync(
            self._schema,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=body.get("operationName"),
        )
        actual = actual_cost(operation, result.data, requested)
        self._bucket.give_back(requested - actual)
        return {**_formatted(result), "extensions": {"cost": self._cost(requested, actual)}}

    def _check(self, query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
        try:
            document = parse(query, max_tokens=TOKENS_MAX)
        except GraphQLError as error:
            return None, [error]
        errors = validate(self._schema, document)
        return (None, errors) if errors else (document, [])

    def _cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": self._bucket.status(),
        }


def _refusal(message: str, code: str, cost: dict[str, Any]) -> dict[str, Any]:
    return {
        "errors": [{"message": message, "extensions": {"code": code}}],
        "extensions": {"cost": cost},
    }


def _formatted(result: ExecutionResult) -> dict[str, Any]:
    return dict(result.formatted)
