"""Counts calls, and records those of an app that run in parallel for one company."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.exact_online.addresses import place_of
from sandbox.exact_online.state import World
from sandbox.exact_online.tokens import TokenStore
from sandbox.faults.exchange import Exchange
from sandbox.faults.place import Place


class ActiveCall:
    """An active call; it is over once the response is written or the caller has hung up."""

    def __init__(self, place: Place, exchange: Exchange) -> None:
        self.place, self.exchange, self.status = place, exchange, 0

    def is_over(self) -> bool:
        transport = self.exchange.transport
        return transport is not None and transport.is_closing()


class Traffic:
    """Middleware around everything but the admin API."""

    def __init__(self, app: ASGIApp, *, world: World, tokens: TokenStore) -> None:
        self.app, self.world, self.tokens = app, world, tokens
        self.active: dict[tuple[str, str], list[ActiveCall]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = place_of(scope)
        call = ActiveCall(place, Exchange(self.app, scope, receive, send))
        finish = self._begin(scope, call)
        try:
            if self.world.settings.latency_seconds:
                await asyncio.sleep(self.world.settings.latency_seconds)
            await self.app(scope, receive, _watched(call, send, finish))
        finally:
            finish()
            self._count(call)

    def _begin(self, scope: Scope, call: ActiveCall) -> Callable[[], None]:
        app = self._app(scope)
        if app is None or call.place.tenant is None:
            return lambda: None
        key = (app, call.place.tenant)
        others = [other for other in self.active.get(key, []) if not other.is_over()]
        if others:
            self._record_violation(key, call, others)
        self.active[key] = [*others, call]

        def finish() -> None:
            left = [other for other in self.active.get(key, []) if other is not call]
            if left:
                self.active[key] = left
            else:
                self.active.pop(key, None)

        return finish

    def _app(self, scope: Scope) -> str | None:
        for name, value in scope["headers"]:
            if name == b"authorization":
                access = self.tokens.access(value.decode("latin-1").removeprefix("Bearer ").removeprefix("bearer "))
                return access.chain.client_id if access else None
        return None

    def _record_violation(self, key: tuple[str, str], call: ActiveCall, others: list[ActiveCall]) -> None:
        violation: dict[str, Any] = {
            "at": self.world.clock.now().isoformat(),
            "kind": "parallel",
            "app": key[0],
            "company": key[1],
            "endpoint": f"{call.place.method} {call.place.endpoint}",
            "beside": [f"{other.place.method} {other.place.endpoint}" for other in others],
        }
        self.world.violations.append(violation)

    def _count(self, call: ActiveCall) -> None:
        place, world = call.place, self.world
        world.calls[(f"{place.method} {place.endpoint}", call.status)] += 1
        at = f"{world.clock.now():%H:%M:%S.%f}"
        world.recent.append((at, place.method, place.endpoint, place.tenant, call.status))


def _watched(call: ActiveCall, send: Send, finish: Callable[[], None]) -> Send:
    async def watching(message: Message) -> None:
        if message["type"] == "http.response.start":
            call.status = message["status"]
        elif not message.get("more_body"):
            finish()  # the caller may send its next call as soon as it has this
        await send(message)

    return watching
