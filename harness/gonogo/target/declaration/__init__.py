"""``x-harness``: the section of the file that only the gate reads."""
