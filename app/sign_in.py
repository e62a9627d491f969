"""The sign-in to Exact Online: start, callback and disconnect."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import audit, log
from app.clock import Clock
from app.errors import Outcome, Problem
from app.exact import oauth
from app.exact.access_tokens import GivenToken
from app.exact.account import account_of
from app.exact.apps import app_in
from app.exact.client import Exact, NoPace
from app.exact.oauth import TokenPair
from app.exact.tokens import Tokens
from app.partners import connections, installations
from app.partners.confirmation import expect_confirmed
from app.partners.installations import expect_installation
from app.queue import lanes
from app.reasons import (
    COUNTRY_NOT_OFFERED,
    EXACT_UNAVAILABLE,
    NOT_FOUND,
    RETURN_TO_REFUSED,
    SIGN_IN_DENIED,
    SIGN_IN_REFUSED,
    SIGN_IN_STALE,
    WAITS_FOR_CONNECTION,
)
from app.settings import Settings
from app.storage.db import Sessions
from app.storage.models import Connection, Installation, SignIn

_log = log.get(__name__)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A finished sign-in: its installation, and where to send the browser."""

    partner_space_id: UUID
    full_name: str
    return_to: str | None
    superseded_another: bool


@dataclass(frozen=True, kw_only=True)
class SignInFlow:
    """Exact's OAuth 2 authorization code grant, for one installation at a time."""

    sessions: Sessions
    settings: Settings
    clock: Clock
    tokens: Tokens
    http: httpx.AsyncClient

    async def start(self, partner_space_id: UUID, *, return_to: str | None) -> tuple[str, SignIn]:
        """Start a sign-in; return the address to open in a browser and the stored sign-in."""
        if return_to is not None:
            self._expect_listed_origin(return_to)
        state = secrets.token_urlsafe(32)
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id)
            expect_offered(self.settings, installation.country)
            sign_in = await connections.start_sign_in(
                session, installation, state, return_to=return_to, clock=self.clock
            )
            await audit.record(session, installation.id, "sign_in_started", clock=self.clock)
        return oauth.authorization_url(app_in(self.settings, installation.country), state=state), sign_in

    def _expect_listed_origin(self, return_to: str) -> None:
        """Raise `Problem` unless the origin is listed: an open redirect would lend our name to anyone."""
        parts = urlsplit(return_to)
        if f"{parts.scheme}://{parts.netloc}" not in self.settings.api_cors_origins:
            raise Problem(RETURN_TO_REFUSED.because("The origin of return_to is not in API_CORS_ORIGINS."))

    async def finish(self, *, state: str | None, code: str | None, error: str | None) -> SignedIn:
        """Handle Exact's callback: consume the state, exchange the code, identify the user, connect."""
        async with self.sessions.begin() as session:
            sign_in = await connections.consume_sign_in(session, state or "", clock=self.clock)
        if sign_in is None:
            raise Problem(SIGN_IN_STALE.because("The sign-in was already used, took too long or was not started here."))
        if error is not None or not code:
            raise Problem(SIGN_IN_DENIED.because("Access was denied in Exact Online."))
        return await self._connect(sign_in, code)

    async def _connect(self, sign_in: SignIn, code: str) -> SignedIn:
        """Connect, one sign-in per app at a time: Exact refuses codes of parallel ones, and the last one must win."""
        async with self.sessions.begin() as session:
            installation = await session.get_one(Installation, sign_in.installation_id)
            app = app_in(self.settings, installation.country)
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{app.host} {app.client_id}"))))
            await installations.lock(session, installation.id)
            await session.refresh(installation)
            if installation.uninstalled_at is not None:  # while this sign-in waited for the lock
                raise Problem(SIGN_IN_STALE.because("The extension was uninstalled in the meantime."))
            pair = await self._exchange(app, code)
            connection = await self._who_signed_in(app, pair, installation)
            before = await self._login_of(session, installation)
            superseded = await connections.connect(session, connection, clock=self.clock)
            after = {"login": connection.user_name}
            await audit.record(session, installation.id, "connected", before=before, after=after, clock=self.clock)
            if superseded is not None:
                await audit.record(session, superseded, "superseded", before=after, clock=self.clock)
            account = account_of(connection)
            await self.tokens.store_first_pair(session, account, pair, installation_id=installation.id)
        _log.info("connected", installation=str(installation.id), superseded=str(superseded) if superseded else None)
        return SignedIn(
            partner_space_id=installation.partner_space_id,
            full_name=connection.full_name,
            return_to=sign_in.return_to,
            superseded_another=superseded is not None,
        )

    async def _login_of(self, session: AsyncSession, installation: Installation) -> dict[str, str] | None:
        connection = await connections.connection_of(session, installation.id)
        return {"login": connection.user_name} if connection else None

    async def _exchange(self, app: oauth.App, code: str) -> TokenPair:
        try:
            return await oauth.exchange_code(app, code, http=self.http)
        except oauth.Unknown as error:
            raise _unfinished() from error
        except oauth.TokenError as error:
            raise Problem(SIGN_IN_REFUSED.because("Exact Online rejected the code of this sign-in.")) from error

    async def _who_signed_in(self, app: oauth.App, pair: TokenPair, installation: Installation) -> Connection:
        exact = Exact(self.http, app.host, token=GivenToken(pair.access_token), pace=NoPace(), clock=self.clock)
        try:
            user = await exact.me()
        except Outcome as error:
            raise _unfinished() from error
        now = self.clock.now()
        return Connection(
            installation_id=installation.id,
            host=app.host,
            client_id=app.client_id,
            exact_user_id=user.id,
            user_name=user.login,
            full_name=user.full_name,
            current_division=user.current_division,
            state="connected",
            reason=None,
            connected_at=now,
            state_since=now,
            companies_at=None,
        )

    async def disconnect(self, partner_space_id: UUID, *, confirmed: bool) -> None:
        """Erase the sign-in and its tokens; queued documents wait for a new sign-in."""
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id, lock=True)
            before = await self._login_of(session, installation)
            if before is None:
                raise Problem(NOT_FOUND.because("There is no connection to Exact Online."))
            await expect_confirmed(session, installation, confirmed=confirmed, waiting_are="kept until a new sign-in")
            await connections.erase_connection(session, installation.id)
            reason = WAITS_FOR_CONNECTION.because("The connection to Exact Online was removed.")
            await lanes.block_all(session, installation.id, reason=reason)
            await audit.record(session, installation.id, "disconnected", before=before, clock=self.clock)


def _unfinished() -> Problem:
    return Problem(EXACT_UNAVAILABLE.because("Exact Online did not complete the sign-in. Start it again in Banqup."))


def expect_offered(settings: Settings, country: str) -> None:
    """Raise `Problem` unless the extension is available in this country."""
    offered = sorted(settings.exact_apps)
    if country not in offered:
        sentence = f"The extension is available in {', '.join(offered)}, not in {country}."
        raise Problem(COUNTRY_NOT_OFFERED.because(sentence, countries=offered))
