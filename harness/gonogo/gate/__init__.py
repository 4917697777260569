"""The gate: one run from plan to verdict. The composition root."""
