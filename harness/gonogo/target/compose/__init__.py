"""The Compose file: its keys, interpolation, services and volumes."""
