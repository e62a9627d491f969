"""Counts calls, and notices when an app talks to one company twice at once."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.exact_online.addresses import place_of
from sandbox.exact_online.state import World
from sandbox.exact_online.tokens import TokenStore
from sandbox.faults.exchange import Exchange
from sandbox.faults.place import Place


class Flight:
    """A call under way; it is over when the answer is written or the caller has hung up."""

    def __init__(self, place: Place, exchange: Exchange) -> None:
        self.place, self.exchange, self.status = place, exchange, 0

    def is_over(self) -> bool:
        transport = self.exchange.transport
        return transport is not None and transport.is_closing()


class Traffic:
    """Wraps everything but the admin API."""

    def __init__(self, app: ASGIApp, *, world: World, tokens: TokenStore) -> None:
        self.app, self.world, self.tokens = app, world, tokens
        self.flights: dict[tuple[str, str], list[Flight]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = place_of(scope)
        flight = Flight(place, Exchange(self.app, scope, receive, send))
        land = self._take_off(scope, flight)
        try:
            if self.world.settings.latency_seconds:
                await asyncio.sleep(self.world.settings.latency_seconds)
            await self.app(scope, receive, _watched(flight, send, land))
        finally:
            land()
            self._count(flight)

    def _take_off(self, scope: Scope, flight: Flight) -> Callable[[], None]:
        app = self._app(scope)
        if app is None or flight.place.tenant is None:
            return lambda: None
        key = (app, flight.place.tenant)
        under_way = [other for other in self.flights.get(key, []) if not other.is_over()]
        if under_way:
            self._violated(key, flight, under_way)
        self.flights[key] = [*under_way, flight]

        def land() -> None:
            left = [other for other in self.flights.get(key, []) if other is not flight]
            if left:
                self.flights[key] = left
            else:
                self.flights.pop(key, None)

        return land

    def _app(self, scope: Scope) -> str | None:
        for name, value in scope["headers"]:
            if name == b"authorization":
                access = self.tokens.access(value.decode("latin-1").removeprefix("Bearer ").removeprefix("bearer "))
                return access.chain.client_id if access else None
        return None

    def _violated(self, key: tuple[str, str], flight: Flight, under_way: list[Flight]) -> None:
        violation: dict[str, Any] = {
            "at": self.world.clock.now().isoformat(),
            "kind": "parallel",
            "app": key[0],
            "company": key[1],
            "endpoint": f"{flight.place.method} {flight.place.endpoint}",
            "beside": [f"{other.place.method} {other.place.endpoint}" for other in under_way],
        }
        self.world.violations.append(violation)

    def _count(self, flight: Flight) -> None:
        place, world = flight.place, self.world
        world.calls[(f"{place.method} {place.endpoint}", flight.status)] += 1
        at = f"{world.clock.now():%H:%M:%S.%f}"
        world.recent.append((at, place.method, place.endpoint, place.tenant, flight.status))


def _watched(flight: Flight, send: Send, land: Callable[[], None]) -> Send:
    async def watching(message: Message) -> None:
        if message["type"] == "http.response.start":
            flight.status = message["status"]
        elif not message.get("more_body"):
            land()  # the caller may send its next call as soon as it has this
        await send(message)

    return watching
