"""Requests and endpoints without end: slow ones, endless ones, compressed ones, too many, misspelt ones."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from benchmarks.attack import joining, matrix
from benchmarks.attack.outcome import expect
from sandbox.running import Sandbox

CUT_WITHIN = 13.0  # seconds; the service waits ten
PROMPT = 5.0  # seconds for a notification to a target that answers
SIGN_INS = 60  # of one caller; thirty a minute are allowed
HALVES = {
    "no request at all": b"",
    "half of the headers": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "half of a body": b"POST /webhooks/banqup/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{",
    "half of a chunked body": b"POST /v1/installations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
}
BOMB = gzip.compress(gzip.compress(bytes(1 << 28)))

Writer = asyncio.StreamWriter
Answer = Callable[[Writer], Awaitable[None]]


@dataclass(frozen=True)
class Bounds:
    """The attacks, against the service at `url`."""

    url: str
    sandbox: Sandbox

    async def run(self) -> list[str]:
        """Try each attack; return a line for each that failed, as it should. Raises `Breached`."""
        return [
            await self.slow_requests(),
            await self.endless_headers(),
            await self.hostile_targets(),
            await self.too_many_sign_ins(),
            await self.misspelt_parameters(),
            await self.trailing_slashes(),
            await self.headers(),
        ]

    async def slow_requests(self) -> str:
        """A request that stays half, or comes byte by byte, is cut."""
        attempts = [(half, drips) for half in HALVES.values() for drips in (False, True)]
        took = await asyncio.gather(*[self._until_cut(half, drips=drips) for half, drips in attempts])
        return f"{len(attempts)} slow requests: each cut within {max(took):.1f} s"

    async def _until_cut(self, half: bytes, *, drips: bool) -> float:
        began = time.monotonic()
        async with self._connection() as (reader, writer):
            writer.write(half)
            dripping = asyncio.create_task(_drip(writer)) if drips else None
            try:
                async with asyncio.timeout(CUT_WITHIN):
                    await _read_all(reader)
            except TimeoutError:
                expect(False, f"a connection with {half[:20]!r} was open after {CUT_WITHIN:g} s")
            finally:
                if dripping:
                    dripping.cancel()
        return time.monotonic() - began

    async def endless_headers(self) -> str:
        """Headers without end are refused before they fill the memory."""
        async with self._connection() as (reader, writer):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
            sending = asyncio.create_task(_flood(writer))
            answer = await _read_all(reader)
            sending.cancel()
        expect(b" 431 " in answer[:20] or not answer, f"headers without end were answered {answer[:40]!r}")
        return "headers without end: refused"

    async def hostile_targets(self) -> str:
        """Targets that answer slowly, without end or with a bomb delay the notifications of no other partner."""
        async with AsyncExitStack() as stack:
            reached = []
            for name, answer in TARGETS.items():
                url, asked = await stack.enter_async_context(_target(answer))
                await stack.enter_async_context(self._notified(name, url))
                reached.append(asked)
            await asyncio.wait_for(asyncio.gather(*[asked.wait() for asked in reached]), CUT_WITHIN)
            began = time.monotonic()
            url, asked = await stack.enter_async_context(_target(_accept))
            await stack.enter_async_context(self._notified("prompt", url))
            try:
                await asyncio.wait_for(asked.wait(), CUT_WITHIN)
            except TimeoutError:
                expect(False, "hostile targets keep the notifications of another partner back")
            took = time.monotonic() - began
        expect(took < PROMPT, f"a notification took {took:.1f} s beside hostile targets")
        return f"{len(TARGETS)} hostile notification targets: another partner was notified within {took:.1f} s"

    @asynccontextmanager
    async def _notified(self, name: str, url: str) -> AsyncIterator[None]:
        """Let a new partner have something to be notified of at its target."""
        async with joining.connected(self.url, self.sandbox, name=name, clients=1) as (partner, [client]):
            own = f"/v1/installations/{partner.space}"
            (await partner.http.put(f"{own}/notifications", json={"url": url})).raise_for_status()
            (await partner.http.delete(f"{own}/clients/{client.space}")).raise_for_status()
            yield

    async def too_many_sign_ins(self) -> str:
        """A caller is stopped, with the headers that say when it may call again; another one is not."""
        async with (
            joining.installed(self.url, self.sandbox, name="flood") as partner,
            joining.installed(self.url, self.sandbox, name="other") as other,
        ):
            path = f"/v1/installations/{partner.space}/sign-in"
            answers = await asyncio.gather(*[partner.http.post(path) for _ in range(SIGN_INS)])
            refused = [answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS]
            expect(len(refused) > 0, f"one caller started {len(answers)} sign-ins at once")
            for answer in refused:
                said = {"retry-after", "ratelimit", "ratelimit-policy"} - answer.headers.keys()
                expect(not said, f"a 429 lacks {said}")
            await other.begin_sign_in()
        return f"{SIGN_INS} sign-ins of one caller: {len(refused)} refused, another caller was not"

    async def misspelt_parameters(self) -> str:
        """A parameter that a route does not have is refused."""
        found = await self._every_route("?client_id=1")
        for route, answer in found:
            expect(answer.status_code == 422, f"{route}?client_id= was answered {answer.status_code}")
        return f"an unknown parameter: refused by {len(found)} routes"

    async def trailing_slashes(self) -> str:
        """An address with a slash at its end is another address, and redirects nowhere."""
        found = await self._every_route("/")
        for route, answer in found:
            held = answer.status_code == 404 and "location" not in answer.headers
            expect(held, f"{route}/ was answered {answer.status_code}")
        return f"a trailing slash: nothing at {len(found)} addresses"

    async def headers(self) -> str:
        """No answer may be kept or framed, nor a page run what is not ours."""
        found = await self._every_route("")
        async with httpx.AsyncClient(base_url=self.url) as http:
            pages = ("/docs", "/oauth/exact-online/start", "/oauth/exact-online/callback", "/nowhere")
            found += [(page, await http.get(page)) for page in pages]
        for route, answer in found:
            policy = answer.headers.get("content-security-policy", "")
            expect(answer.headers.get("cache-control") == "no-store", f"{route} may be kept")
            expect("frame-ancestors 'none'" in policy, f"{route} may be framed")
            expect("default-src 'none'" in policy, f"{route} may load anything")
        return f"{len(found)} answers: none may be kept or framed"

    async def _every_route(self, ending: str) -> list[tuple[str, httpx.Response]]:
        """Call every route that needs a token, as a caller who has one."""
        async with joining.installed(self.url, self.sandbox, name="routes") as partner:
            ids = {
                "partner_space_id": partner.space,
                "business_space_id": str(uuid4()),
                "export_id": str(uuid4()),
            }
            routes = [route for route in matrix.routes() if (route.method, ending) != ("DELETE", "")]
            return [
                (route.name, await partner.http.request(route.method, f"{route.at(ids)}{ending}")) for route in routes
            ]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, Writer]]:
        parts = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def _drip(writer: Writer) -> None:
    """Send a byte now and then, until the connection ends."""
    with suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(b"1")
            await writer.drain()
            await asyncio.sleep(0.5)


async def _flood(writer: Writer) -> None:
    """Send headers until the connection ends."""
    with suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(b"X-More: " + b"x" * 8_000 + b"\r\n")
            await writer.drain()


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(-1)
    except ConnectionError:
        return b""


async def _accept(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def _slow(writer: Writer) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n":
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(2)


async def _endless(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 100_000)
        await writer.drain()


async def _bomb(writer: Writer) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: {len(BOMB)}\r\n\r\n"
    writer.write(head.encode() + BOMB)


async def _silent(_: Writer) -> None:
    await asyncio.Event().wait()


TARGETS: dict[str, Answer] = {"slow": _slow, "endless": _endless, "bomb": _bomb, "silent": _silent}


@asynccontextmanager
async def _target(answer: Answer) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """Yield the address of a target that answers so, and what is set once it was called."""
    asked = asyncio.Event()
    answering: set[asyncio.Task[None]] = set()

    async def take(reader: asyncio.StreamReader, writer: Writer) -> None:
        answering.add(task := cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await reader.readuntil(b"\r\n\r\n")
                asked.set()
                await answer(writer)
                await writer.drain()
        finally:
            answering.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events", asked
    finally:
        server.close()
        for task in list(answering):
            task.cancel()


async def attack(url: str, sandbox: Sandbox) -> Sequence[str]:
    """Attack the bounds of the service at `url`; return what held. Raises `Breached`."""
    return await Bounds(url, sandbox).run()
