"""Exchanges with servers that are slow, endless or hostile."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from app.outbound.exchange import ResponseTooLarge, exchange, status_of

Write = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(write: Write) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that reads a request and answers as told; with the heads of the requests."""
    heads: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        with suppress(ConnectionError):
            await write(writer)
            await reader.read()  # until the client leaves
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", heads


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def silent(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx")
    await writer.drain()


async def compressed(writer: asyncio.StreamWriter) -> None:
    body = gzip.compress(bytes(100_000_000), compresslevel=1)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + body)
    await writer.drain()


async def test_a_response_without_end_is_cut_at_the_limit() -> None:
    async with answering(endless) as (url, _), httpx.AsyncClient() as http:
        with pytest.raises(ResponseTooLarge):
            await exchange(http, "GET", url, most=1_000_000, within=30)


async def test_a_response_that_stops_halfway_ends_at_the_deadline() -> None:
    async with answering(silent) as (url, _), httpx.AsyncClient() as http:
        with pytest.raises(httpx.ReadTimeout):
            await exchange(http, "GET", url, most=1_000_000, within=0.2)


async def test_a_compressed_response_is_never_inflated() -> None:
    async with answering(compressed) as (url, heads), httpx.AsyncClient() as http:
        with pytest.raises(ResponseTooLarge, match="compressed"):
            await exchange(http, "GET", url, most=1_000_000, within=30)
    assert b"accept-encoding: identity" in heads[0].lower()


@pytest.mark.parametrize("write", [endless, silent, compressed])
async def test_a_status_is_learnt_without_a_byte_of_the_body(write: Write) -> None:
    async with answering(write) as (url, _), httpx.AsyncClient() as http:
        assert await status_of(http, "POST", url, within=10, headers={}, content=b"{}") == 200
