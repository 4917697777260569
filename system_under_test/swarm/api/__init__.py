"""The web process: HTTP under /api and the WebSocket at /ws."""
