"""The fault proxy's control API, spoken over HTTP; shaped as Toxiproxy's."""

import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from gonogo.vocabulary import EnvironmentFailed

# It answers within milliseconds; an undo must not wait for a proxy that hangs.
_CALL_S_MAX = 2.0


class EdgeControl:
    """Speaks to the fault proxy of one run.

    Args:
        address: ``host:port`` of its control API.
        run: run id; a proxy of another run that has the port meanwhile is left alone.
    """

    def __init__(self, address: str, run: str) -> None:
        self._address = address
        self._run = run

    def is_there(self) -> bool:
        """Whether the proxy of this run answers there.

        Raises:
            EnvironmentFailed: something is there and does not answer in time.
        """
        try:
            version = self._call("GET", "/version")
        except EnvironmentFailed as error:
            if isinstance(error.__cause__, TimeoutError):
                raise
            return False
        return isinstance(version, dict) and version.get("run") == self._run

    def populate(self, proxies: Sequence[Mapping[str, Any]]) -> None:
        """Create proxies: ``name``, ``listen``, ``upstream`` each.

        Raises:
            EnvironmentFailed: a listener cannot be opened, or the proxy does not answer.
        """
        self._call("POST", "/populate", list(proxies))

    def enable(self, edge: str, *, enabled: bool) -> None:
        """Open an edge, or close it and every connection through it."""
        self._call("POST", _path(edge), {"enabled": enabled})

    def is_enabled(self, edge: str) -> bool:
        """Whether the edge is open."""
        return bool(self._call("GET", _path(edge))["enabled"])

    def add_toxic(self, edge: str, kind: str, name: str, **attributes: Any) -> None:
        """Add a toxic to what comes back from the upstream."""
        toxic = {"type": kind, "name": name, "stream": "downstream", "attributes": attributes}
        self._call("POST", f"{_path(edge)}/toxics", toxic)

    def remove_toxic(self, edge: str, name: str) -> None:
        """Remove a toxic; one that is not there is no error."""
        self._call("DELETE", f"{_path(edge)}/toxics/{quote(name, safe='')}", missing_ok=True)

    def toxics(self, edge: str) -> list[str]:
        """Names of the toxics on an edge."""
        return [str(each["name"]) for each in self._call("GET", f"{_path(edge)}/toxics")]

    def counters(self, edge: str) -> dict[str, int]:
        """Its counters since its start: ``accepted``, ``canaries``, ``live``, ``cut``, bytes."""
        found: dict[str, int] = self._call("GET", f"{_path(edge)}/counters")["proxy"]
        return found

    def count_canary(self, edge: str) -> None:
        """Count one of the accepted connections as a canary: it is not traffic of the system."""
        self._call("POST", f"{_path(edge)}/canaries")

    def toxic_counters(self, edge: str, name: str) -> dict[str, int]:
        """Counters of a toxic: ``connections``, ``bytes``, ``held_us``; requests: ``affected``."""
        toxics: dict[str, dict[str, int]] = self._call("GET", f"{_path(edge)}/counters")["toxics"]
        return toxics.get(name, {})

    def _call(self, method: str, path: str, body: Any = None, *, missing_ok: bool = False) -> Any:
        host, _, port = self._address.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=_CALL_S_MAX)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, body=sent)
            answer = connection.getresponse()
            text = answer.read()
            said = json.loads(text) if text else None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise EnvironmentFailed(
                f"the fault proxy does not answer: {error!r}", where=f"http://{self._address}{path}"
            ) from error
        finally:
            connection.close()
        if answer.status == http.client.NOT_FOUND and missing_ok:
            return None
        if answer.status >= http.client.BAD_REQUEST:
            raise EnvironmentFailed(
                f"the fault proxy refused {method} {path}: {answer.status} {said}",
                where=f"http://{self._address}{path}",
            )
        return said


def _path(edge: str) -> str:
    return f"/proxies/{quote(edge, safe='')}"
