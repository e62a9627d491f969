"""A transport with canned responses, whose bodies arrive as a stream, as they do over a socket."""

from collections.abc import Callable

import httpx


class Canned(httpx.AsyncBaseTransport):
    """Answers each request with what a function returns for it."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = self._answer(request)
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(response.content))
