"""A request and its response, and what a fault can do to them."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLL_SECONDS = 0.02
_LINGER_OFF = struct.pack("ii", 1, 0)  # close with a reset instead of a FIN


class ConnectionDroppedError(ConnectionError):
    """Stands for a reset connection if the server runs in the caller's process and has no socket."""


class Exchange:
    """Runs the server, and delays or alters its response or drops the connection."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self.app, self.scope, self.receive, self.send = app, scope, receive, send

    @property
    def transport(self) -> asyncio.Transport | None:
        connection: Mapping[str, Any] = (self.scope.get("extensions") or {}).get("sandbox.connection") or {}
        return connection.get("transport")

    async def capture(self) -> list[Message]:
        """Let the request take effect; return the response as its start and one body."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope, self.receive, keep)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return [messages[0], {"type": "http.response.body", "body": body}]

    async def answer(self, status: int, body: bytes, *, content_type: str | None, headers: Mapping[str, str]) -> None:
        named = dict(headers) | ({"content-type": content_type} if content_type else {})
        named["content-length"] = str(len(body))
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        await self.send({"type": "http.response.body", "body": body})

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than the caller."""
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            if self.transport is not None and self.transport.is_closing():
                return
            await asyncio.sleep(min(left, _POLL_SECONDS))

    async def reset(self) -> None:
        """Drop the connection with a TCP reset."""
        transport = self.transport
        if transport is None:
            raise ConnectionDroppedError("the sandbox dropped the connection")
        raw: socket.socket | None = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError, ValueError):  # the caller has hung up already
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_OFF)
        transport.abort()
        await asyncio.sleep(0.001)  # the protocol notices the lost connection before the request ends
