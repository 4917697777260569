"""``x-harness``: what only the gate reads."""
