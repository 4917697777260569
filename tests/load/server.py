"""A small system to load: ``python -m tests.load.server BEHAVIOUR``; prints its port.

Behaviours: ``good``; ``stub`` answers 200 and ``{}`` to everything; ``forgetful`` loses the
third write it acknowledges and changes the fourth; ``closed`` refuses the login; ``breaks``
resets every second request of a connection after having read it.
"""

# ruff: noqa: D102 - a handler is explained by its route and its three lines

import asyncio
import json
import sys
from typing import Any

from aiohttp import web

TOKEN = "the-token"


class System:
    """Keeps items, the request ids that arrived, and how many connections it reset."""

    def __init__(self, behaviour: str) -> None:
        self.behaviour = behaviour
        self.items: dict[str, Any] = {}
        self.writes = 0
        self.seen: list[str] = []
        self.keys: list[str] = []
        self.aborts = 0
        self.of_connection: dict[int, int] = {}

    @web.middleware
    async def watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.seen.append(request.headers.get("X-Request-Id", ""))
        if self.behaviour == "stub":
            return web.json_response({})
        transport = request.transport
        number = self.of_connection[id(transport)] = self.of_connection.get(id(transport), 0) + 1
        if self.behaviour == "breaks" and number == 2 and request.path == "/read":
            assert transport is not None
            transport.abort()
            self.aborts += 1
        answer: web.StreamResponse = await handler(request)
        return answer

    async def login(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.behaviour == "closed" or body != {"password": "secret"}:
            return web.json_response({"error": "no"}, status=401)
        return web.json_response({"auth": {"token": TOKEN}})

    async def session(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        return web.json_response({"id": "s 1/x"}, status=201)

    async def read(self, request: web.Request) -> web.Response:
        return web.json_response({"items": [], "who": request.headers.get("Authorization", "")})

    async def hang(self, request: web.Request) -> web.Response:
        await asyncio.sleep(3600)
        return web.json_response({})

    async def fail(self, request: web.Request) -> web.Response:
        return web.json_response({}, status=503)

    async def put(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers["Idempotency-Key"])
        self.writes += 1
        value = (await request.json())["value"]
        changed = {3: None, 4: "other"} if self.behaviour == "forgetful" else {}
        value = changed.get(self.writes, value)
        if value is not None:
            self.items[request.raw_path] = value
        return web.json_response({}, status=201)

    async def get(self, request: web.Request) -> web.Response:
        if request.raw_path not in self.items:
            return web.json_response({}, status=404)
        return web.json_response({"item": {"value": self.items[request.raw_path]}})

    async def arrivals(self, request: web.Request) -> web.Response:
        return web.json_response({"seen": self.seen, "keys": self.keys, "aborts": self.aborts})


async def serve(behaviour: str) -> None:
    system = System(behaviour)
    app = web.Application(middlewares=[system.watch])
    app.router.add_post("/login", system.login)
    app.router.add_post("/sessions", system.session)
    app.router.add_get("/read", system.read)
    app.router.add_get("/hang", system.hang)
    app.router.add_get("/fail", system.fail)
    app.router.add_put("/sessions/{session}/items/{key}", system.put)
    app.router.add_get("/sessions/{session}/items/{key}", system.get)
    app.router.add_get("/health", system.read)
    app.router.add_get("/arrivals", system.arrivals)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)  # a stall refuses no connection
    await site.start()
    sys.stdout.write(json.dumps(runner.addresses[0][1]) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
