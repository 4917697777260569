"""Capabilities an agent may register and a task may ask for."""

CAPABILITIES = frozenset(
    {
        "analysis",
        "cleanup",
        "data_processing",
        "genomics",
        "maintenance",
        "shopify_api",
        "transformation",
        "upload",
    }
)
