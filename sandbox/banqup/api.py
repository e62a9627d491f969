"""Banqup's API: tokens by client credentials, documents and files of a space."""

import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.answers import json_answer
from sandbox.banqup.errors import BanqupError, error_answer
from sandbox.banqup.state import Space, StoredFile, World, banqup_time
from sandbox.banqup.storage import Storage
from sandbox.faults.gate import injected
from sandbox.faults.place import Place

_TOKEN_PATH = "/oauth2/client_credential/gettoken"  # noqa: S105  # an address, not a secret
_RESOURCE = re.compile(
    r"/datastore/documents/transaction/v(?P<version>[12])/spaces/(?P<space>[^/]+)"
    r"/(?P<kind>documents|files)(?:/(?P<id>[^/]+))?/?"
)
_CLIENT = re.compile(r"/core/space/v1/spaces/(?P<partner>[^/]+)/clients/(?P<client>[^/]+)")
_PARTNER = re.compile(r"/core/space/v1/spaces/(?P<partner>[^/]+)")
_PAGE = 50


def place_of(scope: Scope) -> Place:
    """Return the name of a call in fault rules: gettoken, documents, files, clients, partners or storage."""
    path: str = scope["path"]
    match = _RESOURCE.fullmatch(path)
    if match:
        return Place(scope["method"], match["kind"], match["space"])
    if path == _TOKEN_PATH:
        return Place(scope["method"], "gettoken")
    if client := _CLIENT.fullmatch(path):
        return Place(scope["method"], "clients", client["client"])
    if partner := _PARTNER.fullmatch(path):
        return Place(scope["method"], "partners", partner["partner"])
    return Place(scope["method"], path.strip("/").split("/")[0])


class BanqupApi:
    """Serves everything but `/sandbox`."""

    def __init__(self, world: World, storage: Storage, *, client_id: str, client_secret: str) -> None:
        self.world, self.storage = world, storage
        self.client_id, self.client_secret = client_id, client_secret
        self.tokens: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except BanqupError as error:
            response = error_answer(error, instance=request.url.path, moment=self.world.clock.now())
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        path = request.url.path
        if path == _TOKEN_PATH:
            return await self._token(request)
        if path.startswith("/storage/"):
            return await self.storage.serve(request)
        self._authorise(request)
        if injected(request.scope, "not_found_404") is not None:
            raise BanqupError(404, "No handler found for this path")
        if client := _CLIENT.fullmatch(path):
            return self._client(request, client["partner"], client["client"])
        if partner := _PARTNER.fullmatch(path):
            return self._partner(request, partner["partner"])
        match = _RESOURCE.fullmatch(path)
        if match is None:
            raise BanqupError(404, "No handler found for this path")
        if match["kind"] == "files":
            return await self._files(request, match["space"], match["id"])
        return await self._documents(request, match["space"], match["id"])

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        if request.method != "POST" or form.get("grant_type") != "client_credentials":
            raise BanqupError(400, "grant_type must be client_credentials")
        known = (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)
        if not known or injected(request.scope, "unauthorized_401") is not None:
            raise BanqupError(401, "Invalid client credentials")
        settings = self.world.settings
        token, expires = secrets.token_urlsafe(48), self.world.clock.timestamp() + settings.token_seconds
        self.tokens[token] = expires
        answer: dict[str, Any] = {"access_token": token, "token_type": "Bearer"}
        if settings.expiry == "expires_at":
            answer["expires_at"] = datetime.fromtimestamp(expires, tz=UTC).isoformat()
        else:
            answer["expires_in"] = settings.token_seconds
        return json_answer(answer)

    def _authorise(self, request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        good = kind.lower() == "bearer" and self.tokens.get(token, 0) > self.world.clock.timestamp()
        if not good or injected(request.scope, "unauthorized_401") is not None:
            raise BanqupError(401, "Full authentication is required to access this resource")

    def _granted(self, space_id: str) -> Space | None:
        """Return the space, or None if it looks empty to us."""
        space = self.world.spaces.get(space_id)
        return space if space is not None and space.granted else None

    def _client(self, request: Request, partner_id: str, space_id: str) -> Response:
        """Return a client that is linked to this Partner Space; the address and the answer are assumptions."""
        if request.method != "GET":
            raise BanqupError(405, "Method not supported")
        space = self.world.spaces.get(space_id)
        if space is None or space.partner_space_id != partner_id:
            raise BanqupError(404, f"Space {space_id} was not found")
        return json_answer({"id": space.id, "name": space.name})

    def _partner(self, request: Request, partner_id: str) -> Response:
        """Return a Partner Space with its firm's name; the address and the answer are assumptions."""
        if request.method != "GET":
            raise BanqupError(405, "Method not supported")
        if partner_id not in self.world.partners:
            raise BanqupError(404, f"Space {partner_id} was not found")
        return json_answer({"id": partner_id, "name": self.world.partners[partner_id]})

    async def _documents(self, request: Request, space_id: str, document_id: str | None) -> Response:
        space = self._granted(space_id)
        if request.method == "POST" and document_id is None:
            return await self._post_document(request, space)
        if request.method != "GET":
            raise BanqupError(405, "Method not supported")
        if document_id is None:
            return self._list(request, space)
        if space is None:
            return json_answer({})
        document = self.world.cabinet(space_id).documents.get(document_id)
        if document is None:
            raise BanqupError(404, f"Document {document_id} was not found")
        return json_answer(document)

    async def _post_document(self, request: Request, space: Space | None) -> Response:
        document = await _object(request)
        if space is None:
            return json_answer({})
        return json_answer(self.world.put_document(space.id, document), status=201)

    def _list(self, request: Request, space: Space | None) -> Response:
        """Return a page of documents, newest last; the form of the list is an assumption."""
        documents = list(self.world.cabinet(space.id).documents.values()) if space else []
        folder = request.query_params.get("folder")
        documents = [document for document in documents if folder in (None, document["folder"])]
        page, size = _whole(request, "page", 0), min(_whole(request, "size", _PAGE), _PAGE)
        part = documents[page * size : (page + 1) * size]
        return json_answer({"data": part, "paging": {"page": page, "size": size, "total": len(documents)}})

    async def _files(self, request: Request, space_id: str, file_id: str | None) -> Response:
        space = self._granted(space_id)
        base = f"{request.url.scheme}://{request.url.netloc}"
        if request.method == "POST" and file_id is None:
            return await self._post_file(request, space, base)
        if request.method != "GET" or file_id is None:
            raise BanqupError(405, "Method not supported")
        if space is None:
            return json_answer({})
        stored = self.world.files.get(file_id)
        if stored is None or stored.space_id != space_id:
            raise BanqupError(404, f"File {file_id} was not found")
        return json_answer(self._shown(stored, base, operation="download"))

    async def _post_file(self, request: Request, space: Space | None, base: str) -> Response:
        named = await _object(request)
        if space is None:
            return json_answer({})
        stored = self.world.put_file(
            space.id,
            filename=str(named.get("filename", "file")),
            content_type=str(named.get("contentType", "application/octet-stream")),
            content=None,
        )
        return json_answer(self._shown(stored, base, operation="upload"), status=201)

    def _shown(self, stored: StoredFile, base: str, *, operation: str) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": stored.id,
            "spaceId": stored.space_id,
            "filename": stored.filename,
            "contentType": stored.content_type,
            "fileSize": stored.size,
            "status": stored.status,
        }
        if operation == "upload" or stored.content is not None:
            url, expires = self.storage.address(base, stored.id, operation)
            shown[f"{operation}Url"] = url
            shown["expiresAt"] = banqup_time(datetime.fromtimestamp(expires, tz=UTC))
        return shown


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BanqupError(400, "JSON parse error") from error
    if not isinstance(body, dict):
        raise BanqupError(400, "JSON parse error: an object was expected")
    return body


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise BanqupError(400, f"{name} must be a whole number")
    return int(text)
