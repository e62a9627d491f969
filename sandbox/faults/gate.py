"""The middleware that injects faults into the calls of a server."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.faults.book import FaultBook
from sandbox.faults.exchange import Exchange
from sandbox.faults.place import Place

_INSIDE = "sandbox.faults"


def injected(scope: Scope, kind: str) -> Mapping[str, Any] | None:
    """Return the parameters of a fault of this kind that the server's own code has to simulate, or None."""
    faults: Mapping[str, Mapping[str, Any]] | None = scope.get(_INSIDE)
    return faults.get(kind) if faults else None


class FaultGate:
    """Passes calls through untouched unless a rule matches."""

    def __init__(self, app: ASGIApp, *, book: FaultBook, locate: Callable[[Scope], Place]) -> None:
        self.app, self.book, self.locate = app, book, locate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        drawn = self.book.draw(self.locate(scope))
        if not drawn:
            await self.app(scope, receive, send)
            return
        scope[_INSIDE] = {fault.kind.name: fault.params for fault in drawn}
        exchange = Exchange(self.app, scope, receive, send)
        for fault in drawn:
            if fault.kind.wire is not None:
                await fault.kind.wire(exchange, fault.params)
                return
        await self.app(scope, receive, send)
