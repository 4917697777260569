"""The GraphQL schema and its resolvers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

from graphql import GraphQLError, GraphQLResolveInfo, GraphQLSchema, build_schema

from swarm_shop.faults import FaultSettings
from swarm_shop.product_set import UserErrors, to_document
from swarm_shop.shelves import Shelves

PAGE_MAX = 250
LOCATION_ID = "gid://shopify/Location/1"
_HANDLE_TERM = re.compile(r'handle:"?([^\s"]+)"?')


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one request."""

    shelves: Shelves
    faults: FaultSettings


def make_schema() -> GraphQLSchema:
    """Build the schema and attach the resolvers to its fields."""
    schema = build_schema((files("swarm_shop") / "schema.graphql").read_text(encoding="utf-8"))
    for type_name, fields in _RESOLVERS.items():
        kind = cast("Any", schema.type_map[type_name])
        for name, resolver in fields.items():
            kind.fields[name].resolve = resolver
    return schema


def _context(info: GraphQLResolveInfo) -> Context:
    return cast("Context", info.context)


def _gid(number: int) -> str:
    return f"gid://shopify/Product/{number}"


def _number(gid: str) -> int:
    match = re.fullmatch(r"gid://shopify/Product/([0-9]{1,15})", gid)
    if match is None:
        raise GraphQLError(f"Invalid global id '{gid}'")
    return int(match[1])


def _check_first(first: int) -> None:
    if not 1 <= first <= PAGE_MAX:
        raise GraphQLError(f"first must be between 1 and {PAGE_MAX}")


def _connection(nodes: list[Any], first: int) -> dict[str, Any]:
    _check_first(first)
    return {
        "nodes": nodes[:first],
        "pageInfo": {"hasNextPage": len(nodes) > first, "endCursor": None},
    }


def _product(_root: object, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002 - the api's name
    return _context(info).shelves.by_number(_number(id))


def _by_identifier(
    _root: object, info: GraphQLResolveInfo, identifier: dict[str, str]
) -> dict[str, Any] | None:
    shelves = _context(info).shelves
    if "id" in identifier:
        return shelves.by_number(_number(identifier["id"]))
    found = shelves.by_handles([identifier.get("handle", "")])
    return found[0] if found else None


def _products(
    _root: object,
    info: GraphQLResolveInfo,
    first: int,
    after: str | None = None,
    query: str | None = None,
) -> dict[str, Any]:
    _check_first(first)
    shelves = _context(info).shelves
    if query:
        return _page(shelves.by_handles(_handles(query)), first)
    if after is not None and not re.fullmatch("[0-9]{1,15}", after):
        raise GraphQLError(f"Invalid cursor '{after}'")
    return _page(shelves.page(int(after or 0), first + 1), first)


def _handles(query: str) -> list[str]:
    handles = []
    for term in query.split(" OR "):
        match = _HANDLE_TERM.fullmatch(term.strip())
        if match is None:
            raise GraphQLError(f"this stand-in filters by handle:NAME only, not by '{term}'")
        handles.append(match[1])
    return handles


def _page(found: list[dict[str, Any]], first: int) -> dict[str, Any]:
    shown = found[:first]
    return {
        "nodes": shown,
        "edges": [{"cursor": str(each["number"]), "node": each} for each in shown],
        "pageInfo": {
            "hasNextPage": len(found) > first,
            "endCursor": str(shown[-1]["number"]) if shown else None,
        },
    }


def _count(_root: object, info: GraphQLResolveInfo) -> dict[str, int]:
    return {"count": _context(info).shelves.count()}


def _locations(_root: object, _info: GraphQLResolveInfo, first: int) -> dict[str, Any]:
    return _connection([{"id": LOCATION_ID, "name": "Warehouse"}], first)


def _product_set(
    _root: object,
    info: GraphQLResolveInfo,
    input: dict[str, Any],  # noqa: A002 - the api's name
    identifier: dict[str, str] | None = None,
    synchronous: bool = True,
) -> dict[str, Any]:
    context = _context(info)
    try:
        if not synchronous:
            raise UserErrors([{"field": ["synchronous"], "message": "must be true here"}])
        document = to_document(input, identifier or {}, LOCATION_ID)
        if document["handle"] in context.faults.user_error_handles:
            raise UserErrors([{"field": ["input"], "message": "refused on purpose"}])
    except UserErrors as refused:
        return {"product": None, "userErrors": refused.errors}
    if document["handle"] in context.faults.alter_price_handles:
        first = document["variants"][0]
        first["price"] = f"{float(first['price']) + 0.01:.2f}"
    if document["handle"] in context.faults.drop_handles:
        number = 0
    else:
        number = context.shelves.put(document["handle"], document)
    return {"product": {"number": number, **document}, "userErrors": []}


def _product_delete(
    _root: object,
    info: GraphQLResolveInfo,
    input: dict[str, str],  # noqa: A002 - the api's name
) -> dict[str, Any]:
    if _context(info).shelves.delete(_number(input["id"])):
        return {"deletedProductId": input["id"], "userErrors": []}
    error = {"field": ["id"], "message": "Product does not exist", "code": "PRODUCT_DOES_NOT_EXIST"}
    return {"deletedProductId": None, "userErrors": [error]}


def _product_id(root: dict[str, Any], _info: GraphQLResolveInfo) -> str:
    return _gid(root["number"])


def _variants(root: dict[str, Any], _info: GraphQLResolveInfo, first: int) -> dict[str, Any]:
    nodes = [
        {"id": f"gid://shopify/ProductVariant/{root['number']}-{position}", **variant}
        for position, variant in enumerate(root["variants"], 1)
    ]
    return _connection(nodes, first)


def _images(root: dict[str, Any], _info: GraphQLResolveInfo, first: int) -> dict[str, Any]:
    return _connection(root["images"], first)


def _metafield(root: dict[str, Any], _info: GraphQLResolveInfo, namespace: str, key: str) -> Any:
    for each in root["metafields"]:
        if (each["namespace"], each["key"]) == (namespace, key):
            return each
    return None


def _metafields(root: dict[str, Any], _info: GraphQLResolveInfo, first: int) -> dict[str, Any]:
    return _connection(root["metafields"], first)


_RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {
        "product": _product,
        "productByIdentifier": _by_identifier,
        "products": _products,
        "productsCount": _count,
        "locations": _locations,
    },
    "Mutation": {"productSet": _product_set, "productDelete": _product_delete},
    "Product": {
        "id": _product_id,
        "variants": _variants,
        "images": _images,
        "metafield": _metafield,
        "metafields": _metafields,
    },
}
