"""The reference system's api with one defect: every error but those of health is a 200."""

from typing import Any

from swarm.api.app import SwarmApp, create_app


def app() -> SwarmApp:
    """The application; its bodies stay as they are."""
    made = create_app()
    real = made.wsgi_app

    def polite(environ: dict[str, Any], start: Any) -> Any:
        def start_well(status: str, headers: Any, *rest: Any) -> Any:
            health = environ["PATH_INFO"].startswith("/api/health")
            return start(status if health or int(status[:3]) < 400 else "200 OK", headers, *rest)

        return real(environ, start_well)

    made.wsgi_app = polite
    return made
