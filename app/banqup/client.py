"""Banqup's API client: our token, documents and their files. Responses become values or outcomes."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr

from app.banqup.assumptions import client_path, partner_path
from app.banqup.schemas import File
from app.clock import Clock
from app.errors import Rejected, TryLater
from app.outbound.addresses import DestinationRefused, vet_destination
from app.outbound.exchange import ResponseTooLarge, exchange
from app.reasons import (
    BANQUP_REFUSES_APP,
    BANQUP_UNAVAILABLE,
    DOCUMENT_GONE,
    DOCUMENT_TOO_LARGE,
)
from app.settings import Settings

DEADLINE = 60.0  # seconds for a whole response
LARGEST_DOCUMENT = 40_000_000  # bytes of its JSON
_LARGEST_TOKEN = 100_000
LARGEST_FILE = 40_000_000  # bytes; Exact would not accept more
_DOCUMENTS = "/datastore/documents/transaction"
# Banqup publishes lifetimes of five minutes, an hour and eight hours; without one we assume the shortest.
_NO_DATA = frozenset({b"", b"null", b"{}", b"[]"})  # Banqup returns empty data, not an error, for a missing grant
_SHORTEST_LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class _Token:
    value: str
    refresh_at: datetime


class Banqup:
    """Reads documents and files of every Business Space that granted us access."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        url: str,
        *,
        client_id: str,
        client_secret: SecretStr,
        clock: Clock,
        allow_private: bool = False,
    ) -> None:
        self._http = http
        self._url = url
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._allow_private = allow_private
        self._token: _Token | None = None
        self._token_lock = asyncio.Lock()

    async def document(self, space_id: UUID, document_id: UUID) -> bytes:
        """Return the current document as Banqup's JSON; raise `Rejected` if it is gone or hidden, else `TryLater`."""
        response = await self._read(f"{_DOCUMENTS}/v2/spaces/{space_id}/documents/{document_id}")
        if response.content.strip() in _NO_DATA:
            raise Rejected(
                DOCUMENT_GONE.because("Banqup returned no data for this document: it is deleted or not shared.")
            )
        return response.content

    async def file(self, space_id: UUID, file: File) -> bytes:
        """Return a file's bytes from its signed address, which must not receive our token."""
        body = _json(await self._read(f"{_DOCUMENTS}/v1/spaces/{space_id}/files/{file.id}"))
        address = body.get("downloadUrl") if isinstance(body, dict) else None
        if not isinstance(address, str):
            raise Rejected(DOCUMENT_GONE.because(f"Banqup no longer has the file {file.filename or file.id}."))
        content = await self._download(address, file)
        size = file.file_size if file.file_size is not None else body.get("fileSize")
        if size is not None and len(content) != size:  # an error page with status 200, or a truncated file
            raise TryLater(
                BANQUP_UNAVAILABLE.because(f"Banqup's storage returned different bytes for {file.filename}.")
            )
        return content

    async def has_client(self, partner_space_id: UUID, business_space_id: UUID) -> bool:
        """Return whether the Business Space is linked to the Partner Space; raise `TryLater` if Banqup cannot say."""
        try:
            response = await self._read(client_path(partner_space_id, business_space_id))
        except Rejected:
            return False
        body = _json(response)
        return isinstance(body, dict) and str(body.get("id")).lower() == str(business_space_id)

    async def name_of(self, partner_space_id: UUID) -> str | None:
        """Return the name of the Partner Space's firm; raise an `Outcome` if Banqup has or gives none."""
        body = _json(await self._read(partner_path(partner_space_id)))
        name = body.get("name") if isinstance(body, dict) else None
        return name if isinstance(name, str) else None

    async def _read(self, path: str) -> httpx.Response:
        token = await self._current_token()
        response = await self._get(path, token)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            token = await self._current_token(refused=token)
            response = await self._get(path, token)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise TryLater(BANQUP_REFUSES_APP.because("Banqup rejected a token it has just issued."))
        if response.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise Rejected(DOCUMENT_GONE.because("The document was deleted in Banqup or is no longer shared."))
        return self._expect_success(response)

    async def _get(self, path: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        try:
            return await exchange(
                self._http, "GET", f"{self._url}{path}", most=LARGEST_DOCUMENT, within=DEADLINE, headers=headers
            )
        except ResponseTooLarge:
            raise Rejected(DOCUMENT_TOO_LARGE.because("Banqup's data of this document exceed 40 MB.")) from None
        except httpx.HTTPError as error:
            raise TryLater(BANQUP_UNAVAILABLE.because("Banqup does not respond.")) from error

    async def _download(self, address: str, file: File) -> bytes:
        """Fetch a file from its signed address, which is a stranger's: public and https, but for the sandbox."""
        try:
            url, host = await vet_destination(address, allow_private=self._allow_private)
            response = await exchange(
                self._http,
                "GET",
                url,
                most=LARGEST_FILE,
                within=DEADLINE,
                headers={"Host": host},
                extensions={"sni_hostname": httpx.URL(address).host},
            )
        except DestinationRefused as error:
            refused = f"Banqup's address of {file.filename} is refused. {error}"
            raise TryLater(BANQUP_UNAVAILABLE.because(refused)) from None
        except ResponseTooLarge:
            raise Rejected(DOCUMENT_TOO_LARGE.because(f"The file {file.filename} is larger than 40 MB.")) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TryLater(BANQUP_UNAVAILABLE.because("Banqup's file storage does not respond.")) from error
        return self._expect_success(response).content

    async def sign_in(self) -> None:
        """Fetch a token unless one is cached; raise `TryLater` if Banqup refuses us or does not respond."""
        await self._current_token()

    async def _current_token(self, *, refused: str | None = None) -> str:
        async with self._token_lock:
            known = self._token
            if known is None or known.value == refused or known.refresh_at <= self._clock.now():
                known = self._token = await self._new_token()
            return known.value

    async def _new_token(self) -> _Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret.get_secret_value(),
        }
        try:
            address = f"{self._url}/oauth2/client_credential/gettoken"
            response = await exchange(self._http, "POST", address, most=_LARGEST_TOKEN, within=DEADLINE, data=form)
        except httpx.HTTPError as error:
            raise TryLater(BANQUP_UNAVAILABLE.because("Banqup does not respond.")) from error
        if response.status_code in (400, 401, 403):
            raise TryLater(BANQUP_REFUSES_APP.because("Banqup rejected our client ID and secret."))
        body = _json(self._expect_success(response))
        value = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(value, str):
            raise TryLater(BANQUP_UNAVAILABLE.because("Banqup's response contains no token."))
        return _Token(value, self._refresh_at(body))

    def _refresh_at(self, body: dict[str, Any]) -> datetime:
        """Return the time at four fifths of the token's lifetime."""
        now = self._clock.now()
        try:
            if "expires_at" in body:
                ends = datetime.fromisoformat(str(body["expires_at"]))
                ends = ends if ends.tzinfo else ends.replace(tzinfo=UTC)
            else:
                ends = now + timedelta(seconds=float(body["expires_in"]))
        except (KeyError, ValueError, OverflowError):
            ends = now + _SHORTEST_LIFE
        return now + (ends - now) * 0.8

    def _expect_success(self, response: httpx.Response) -> httpx.Response:
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            until = self._clock.now() + retry_after(response, now=self._clock.now())
            raise TryLater(BANQUP_UNAVAILABLE.because("Banqup's rate limit is reached."), until=until)
        if not response.is_success:
            raise TryLater(BANQUP_UNAVAILABLE.because(f"Banqup returned status {response.status_code}."))
        return response


def connected_to(settings: Settings, *, http: httpx.AsyncClient, clock: Clock) -> Banqup:
    """Return the client of the Banqup that the settings name."""
    return Banqup(
        http,
        settings.banqup_api_url,
        client_id=settings.banqup_client_id,
        client_secret=settings.banqup_client_secret,
        clock=clock,
        allow_private=settings.banqup_is_local,
    )


def retry_after(response: httpx.Response, *, now: datetime) -> timedelta:
    """Return the delay in Retry-After, in seconds or as a date: a minute by default, at most an hour."""
    value = response.headers.get("Retry-After", "")
    try:
        pause = timedelta(seconds=int(value)) if value.isdigit() else parsedate_to_datetime(value) - now
    except (ValueError, TypeError):
        pause = timedelta(minutes=1)
    return max(timedelta(seconds=1), min(pause, timedelta(hours=1)))


def _json(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        raise TryLater(BANQUP_UNAVAILABLE.because("Banqup's response is unreadable.")) from None
