"""The GraphQL queries, and a product as the input of a mutation."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from swarm.feed.product import Product

# Metafields stored with the product: the item number and match method, for a later clean-up, and
# the content hash of the upload, so that a repeat is recognised.
OWN_NAMESPACE = "swarm"
MARK_KEY = "content_sha256"

LOCATIONS = "query Locations { locations(first: 1) { nodes { id } } }"

MARKS = """
query Marks($count: Int!, $handles: String!) {
  products(first: $count, query: $handles) {
    nodes { handle metafield(namespace: "swarm", key: "content_sha256") { value } }
  }
}
"""

NUMBERS = """
query Numbers($count: Int!, $after: String) {
  products(first: $count, after: $after) {
    nodes {
      id
      handle
      newsku: metafield(namespace: "swarm", key: "newsku") { value }
      method: metafield(namespace: "swarm", key: "match_method") { value }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

PRODUCT_DELETE = """
mutation Delete($id: ID!) {
  productDelete(input: {id: $id}) { deletedProductId userErrors { field message code } }
}
"""

PRODUCT_SET = """
mutation Set($handle: String!, $input: ProductSetInput!) {
  productSet(identifier: {handle: $handle}, input: $input, synchronous: true) {
    product { id handle }
    userErrors { field message code }
  }
}
"""


def product_input(product: Product, location_id: str, *, images: bool) -> dict[str, Any]:
    """Return a product as productSet takes it, marked with the hash of all the rest."""
    document = {
        "handle": product.handle,
        "title": product.title,
        "descriptionHtml": product.description,
        "vendor": product.vendor,
        "productType": product.type,
        "productOptions": _options(product),
        "variants": [
            {
                "optionValues": [
                    {"optionName": name, "name": value} for name, value in variant.options
                ],
                "sku": variant.sku,
                "price": variant.price,
                "inventoryQuantities": [
                    {
                        "locationId": location_id,
                        "name": "available",
                        "quantity": variant.inventory,
                    }
                ],
            }
            for variant in product.variants
        ],
        "metafields": _metafields(product),
    }
    if images:
        document["files"] = [
            {"originalSource": image.url, "alt": image.alt, "contentType": "IMAGE"}
            for image in product.images
        ]
    return {**document, "metafields": [*document["metafields"], _mark(document)]}


def content_mark(document: dict[str, Any]) -> str:
    """Return the content hash that a product's document is marked with."""
    marks = [
        field["value"]
        for field in document["metafields"]
        if (field["namespace"], field["key"]) == (OWN_NAMESPACE, MARK_KEY)
    ]
    return str(marks[0])


def _options(product: Product) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "values": [
                {"name": value}
                for value in dict.fromkeys(
                    value
                    for variant in product.variants
                    for n, value in variant.options
                    if n == name
                )
            ],
        }
        for name in product.option_names
    ]


def _metafields(product: Product) -> list[dict[str, str]]:
    found = []
    line = "single_line_text_field"
    if product.product_info:
        found.append(_metafield("custom", "product_info", "json", product.product_info))
    if product.category:
        found.append(_metafield("custom", "category", line, product.category))
    if product.number:
        found.append(_metafield(OWN_NAMESPACE, "newsku", line, product.number))
    if product.match_method:
        found.append(_metafield(OWN_NAMESPACE, "match_method", line, product.match_method))
    return found


def _mark(document: dict[str, Any]) -> dict[str, str]:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return _metafield(OWN_NAMESPACE, MARK_KEY, "single_line_text_field", digest)


def _metafield(namespace: str, key: str, kind: str, value: str) -> dict[str, str]:
    return {"namespace": namespace, "key": key, "type": kind, "value": value}
