"""What a query costs, before it runs and afterwards.

After the rules Shopify published for its Admin API: a mutation is 10 points, an object 1, a
connection 2 and its objects, scalars and page information are free. Beforehand a connection
counts as full.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

MUTATION_POINTS = 10
CONNECTION_POINTS = 2
OBJECT_POINTS = 1


def requested_cost(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    """Return what the operation costs at most; it must have been validated."""
    if operation.operation is OperationType.MUTATION:
        return MUTATION_POINTS * sum(1 for _ in _fields(operation.selection_set, fragments))
    root = schema.query_type
    assert root is not None  # noqa: S101 - the schema has one
    return _selection(schema, operation.selection_set, root, fragments, variables)


def actual_cost(operation: OperationDefinitionNode, data: Any, requested: int) -> int:
    """Return the actual cost: a connection counts the objects that it returned."""
    if operation.operation is OperationType.MUTATION:
        return requested
    return min(requested, sum(_weigh(value) for value in (data or {}).values()))


def _weigh(value: Any) -> int:
    if isinstance(value, list):
        return sum(_weigh(each) for each in value)
    if not isinstance(value, dict):
        return 0
    if "hasNextPage" in value or "endCursor" in value:
        return 0
    own = CONNECTION_POINTS if "nodes" in value or "edges" in value else OBJECT_POINTS
    return own + sum(_weigh(each) for each in value.values())


def _selection(
    schema: GraphQLSchema,
    selected: SelectionSetNode | None,
    parent: GraphQLObjectType,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    total = 0
    for node in _fields(selected, fragments):
        definition = parent.fields.get(node.name.value)
        kind = get_named_type(definition.type) if definition else None
        if not isinstance(kind, GraphQLObjectType) or kind.name == "PageInfo":
            continue
        inner = _selection(schema, node.selection_set, kind, fragments, variables)
        if kind.name.endswith("Connection"):
            total += CONNECTION_POINTS + _first(node, variables) * inner
        else:
            total += OBJECT_POINTS + inner
    return total


def _first(node: FieldNode, variables: Mapping[str, Any]) -> int:
    for argument in node.arguments:
        if argument.name.value == "first":
            found = value_from_ast_untyped(argument.value, dict(variables))
            return found if isinstance(found, int) else 1
    return 1


def _fields(
    selected: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]
) -> list[FieldNode]:
    found: list[FieldNode] = []
    for node in selected.selections if selected else ():
        if isinstance(node, FieldNode):
            found.append(node)
        elif isinstance(node, InlineFragmentNode):
            found += _fields(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            found += _fields(fragments[node.name.value].selection_set, fragments)
    return found
