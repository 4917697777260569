"""The gate as a whole, as a user starts it."""
