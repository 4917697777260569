"""The orchestrator: promotes due retries, declares agents lost, ends what expired."""
