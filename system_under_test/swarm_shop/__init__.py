"""A stand-in for a shop: the part of Shopify's Admin GraphQL API that an upload meets.

Not a part of swarm: it stands for somebody else's service, and its faults are on purpose.
"""
