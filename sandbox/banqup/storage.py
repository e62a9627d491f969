"""Signed storage URLs, valid for an hour; a request with a bearer token is refused."""

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from sandbox.answers import empty_answer
from sandbox.banqup.state import URL_SECONDS, World


class Storage:
    """Serves `GET` and `PUT` of `/storage/{file}`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._key = secrets.token_bytes(32)

    def address(self, base: str, file_id: str, operation: str) -> tuple[str, float]:
        """Return a signed URL and its expiry in seconds since the epoch."""
        expires = int(self.world.clock.timestamp()) + URL_SECONDS
        signature = self._signature(file_id, operation, expires)
        return f"{base}/storage/{file_id}?operation={operation}&expires={expires}&signature={signature}", expires

    def _signature(self, file_id: str, operation: str, expires: int) -> str:
        return hmac.new(self._key, f"{file_id}|{operation}|{expires}".encode(), hashlib.sha256).hexdigest()

    async def serve(self, request: Request) -> Response:
        file_id = request.url.path.rsplit("/", 1)[-1]
        operation = {"GET": "download", "PUT": "upload"}.get(request.method)
        if operation is None:
            return empty_answer(405)
        if "authorization" in request.headers:
            return _refused("InvalidArgument", "Only one auth mechanism allowed", status=400)
        stored = self.world.files.get(file_id)
        if stored is None or not self._is_signed(request, file_id, operation):
            return _refused("AccessDenied", "Request is not signed or has expired", status=403)
        if operation == "upload":
            stored.content = await request.body()
            stored.size = len(stored.content)
            return empty_answer(200)
        if stored.content is None:
            return _refused("NoSuchKey", "The specified key does not exist.", status=404)
        return Response(stored.content, media_type=stored.content_type)

    def _is_signed(self, request: Request, file_id: str, operation: str) -> bool:
        expires = request.query_params.get("expires", "0")
        if not expires.isdigit() or int(expires) < self.world.clock.timestamp():
            return False
        expected = self._signature(file_id, operation, int(expires))
        return hmac.compare_digest(expected, request.query_params.get("signature", ""))


def _refused(code: str, message: str, *, status: int) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(body, status_code=status, media_type="application/xml")
