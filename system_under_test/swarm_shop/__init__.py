"""A stand-in for a shop: the part of Shopify's Admin GraphQL API that an upload uses.

Not a part of swarm: it represents an external service, and injects faults on purpose.
"""
