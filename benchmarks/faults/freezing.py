"""A worker that stops by SIGSTOP right before a POST to Exact, as on a suspended machine, until SIGCONT."""

import os
import signal
from pathlib import Path

import httpx

# Before the first POST of a document, and between its two.
POINTS = ("documents/Documents", "documents/DocumentAttachments")


class FreezingTransport(httpx.AsyncBaseTransport):
    """Freezes this process once, before a POST to the endpoint that the file names, and leaves `.frozen` beside it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, wanted: Path) -> None:
        self._inner = inner
        self._wanted = wanted

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, after a pause of the whole process if it is due."""
        if request.method == "POST" and self._wanted.exists():
            self._freeze_before(request.url.path)
        return await self._inner.handle_async_request(request)

    def _freeze_before(self, path: str) -> None:
        if path.endswith(self._wanted.read_text()):
            self._wanted.rename(frozen_beside(self._wanted))
            os.kill(os.getpid(), signal.SIGSTOP)

    async def aclose(self) -> None:
        """Close what sends."""
        await self._inner.aclose()


def frozen_beside(wanted: Path) -> Path:
    """Return the file that says that the process is frozen."""
    return wanted.with_suffix(".frozen")


def ask(wanted: Path, point: str) -> None:
    """Ask the worker to freeze before its next POST to this endpoint."""
    frozen_beside(wanted).unlink(missing_ok=True)
    unfinished = wanted.with_suffix(".unfinished")
    unfinished.write_text(point)
    unfinished.rename(wanted)
