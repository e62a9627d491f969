"""One HTTP exchange with a server that may be slow, endless or hostile."""

import asyncio
from typing import Any

import httpx

# Compressed bytes say nothing of their size: 2 kB become a gigabyte.
_PLAIN = {"Accept-Encoding": "identity"}
_ENCODINGS = frozenset({"", "identity"})


class ResponseTooLarge(httpx.TransportError):
    """The response has more bytes than the caller accepts, or hides their number by compression."""


async def exchange(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    most: int,
    within: float,
    headers: dict[str, str] | None = None,
    **content: Any,
) -> httpx.Response:
    """Return the response with its body, of at most `most` bytes, all of it `within` these seconds.

    Raises:
        httpx.HTTPError: `ResponseTooLarge`, `httpx.ReadTimeout` after the deadline, or what the connection raises.
    """
    try:
        async with (
            asyncio.timeout(within),
            http.stream(method, url, headers={**(headers or {}), **_PLAIN}, **content) as response,
        ):
            body = await _bounded(response, most)
    except TimeoutError as error:
        raise httpx.ReadTimeout(f"No complete response within {within:g} seconds.") from error
    return httpx.Response(response.status_code, headers=response.headers, content=body, request=response.request)


async def status_of(
    http: httpx.AsyncClient, method: str, url: str, *, within: float, headers: dict[str, str], **content: Any
) -> int:
    """Return the status of the response and read nothing of its body; raise `httpx.HTTPError`."""
    try:
        async with (
            asyncio.timeout(within),
            http.stream(method, url, headers={**headers, **_PLAIN}, **content) as response,
        ):
            return response.status_code
    except TimeoutError as error:
        raise httpx.ReadTimeout(f"No response within {within:g} seconds.") from error


async def _bounded(response: httpx.Response, most: int) -> bytes:
    if response.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise ResponseTooLarge("The response is compressed although we asked for plain bytes.")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > most:
            raise ResponseTooLarge(f"The response has more than {most} bytes.")
    return bytes(body)
