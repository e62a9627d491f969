"""The sign-in to Exact Online: start, our page, callback and disconnect."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app import audit, log
from app.banqup.client import Banqup
from app.clock import Clock
from app.errors import Outcome, Problem
from app.exact import oauth
from app.exact.access_tokens import GivenToken
from app.exact.account import account_of
from app.exact.apps import app_in
from app.exact.client import Exact, NoPace
from app.exact.oauth import TokenPair
from app.exact.tokens import Tokens
from app.partners import connections, firms, installations, sign_ins
from app.partners.confirmation import expect_confirmed
from app.partners.installations import expect_installation
from app.queue import lanes
from app.reasons import (
    COUNTRY_NOT_OFFERED,
    EXACT_UNAVAILABLE,
    NOT_FOUND,
    RETURN_TO_REFUSED,
    SIGN_IN_DENIED,
    SIGN_IN_ELSEWHERE,
    SIGN_IN_PENDING,
    SIGN_IN_REFUSED,
    SIGN_IN_STALE,
    WAITS_FOR_CONNECTION,
)
from app.settings import Settings
from app.storage import db
from app.storage.db import Sessions
from app.storage.models import Connection, Installation, InstallationId, SignIn
from app.vocabulary import NameSource

ANSWERED_WITHIN = 50.0  # seconds, before proxies give up. The work goes on for longer
_AGAIN_AFTER = 0.5
_LOCK_BRIEFLY = "set local lock_timeout = '1s'"  # then others have the connection for a while

Result = TypeVar("Result")
_log = log.get(__name__)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a sign-in would connect: shown before anything leads to Exact."""

    partner_space_id: UUID
    firm: str | None
    firm_source: NameSource | None
    exact_host: str
    minutes_left: int


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A finished sign-in: its installation, and where to send the browser."""

    partner_space_id: UUID
    full_name: str
    return_to: str | None
    superseded_another: bool


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The first token pair of a sign-in, and when we received it."""

    pair: TokenPair
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SignInFlow:
    """Exact's OAuth 2 authorization code grant, for one installation and one browser at a time.

    The partner's caller starts it, a browser opens our page and goes on to Exact, and comes back with the code.
    """

    sessions: Sessions
    settings: Settings
    clock: Clock
    tokens: Tokens
    http: httpx.AsyncClient
    banqup: Banqup

    async def start(
        self, partner_space_id: UUID, *, return_to: str | None, partner_name: str | None = None
    ) -> tuple[str, SignIn]:
        """Start a sign-in; return the address of our page to open in a browser, and the stored sign-in."""
        if return_to is not None:
            self._expect_listed_origin(return_to)
        known = await firms.name_in_banqup(self.banqup, partner_space_id) if self.settings.banqup_clients else None
        state = secrets.token_urlsafe(32)
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id, lock=True)
            expect_offered(self.settings, installation.country)
            firm = known or firms.legible(partner_name or installation.partner_name)
            sign_in = await sign_ins.start(
                session,
                installation,
                state,
                firm=firm,
                firm_source="banqup" if known else "caller" if firm else None,
                return_to=return_to,
                clock=self.clock,
            )
            await audit.record(session, installation.id, "sign_in_started", clock=self.clock)
        return f"{self.settings.sign_in_page}?{urlencode({'state': state})}", sign_in

    def _expect_listed_origin(self, return_to: str) -> None:
        """Raise `Problem` unless the origin is listed: an open redirect would lend our name to anyone."""
        parts = urlsplit(return_to)
        if f"{parts.scheme}://{parts.netloc}" not in self.settings.api_cors_origins:
            raise Problem(RETURN_TO_REFUSED.because("The origin of return_to is not in API_CORS_ORIGINS."))

    async def offer(self, state: str) -> Offer:
        """Return what this sign-in would connect; raise `Problem` if it can no longer be used."""
        async with self.sessions() as session:
            sign_in = await sign_ins.find(session, state, clock=self.clock)
            if sign_in is None:
                raise _stale()
            installation = await session.get_one(Installation, sign_in.installation_id)
        return Offer(
            partner_space_id=installation.partner_space_id,
            firm=sign_in.firm,
            firm_source=sign_in.firm_source,
            exact_host=app_in(self.settings, installation.country).host,
            minutes_left=ceil((sign_in.expires_at - self.clock.now()) / timedelta(minutes=1)),
        )

    async def go_on(self, state: str, *, browser: str) -> str:
        """Bind the sign-in to the browser whose user agreed to it; return Exact's address for it.

        Raises `Problem` if the sign-in can no longer be used, or if another browser has gone on with it.
        """
        async with self.sessions.begin() as session:
            sign_in = await sign_ins.find(session, state, clock=self.clock)
            if sign_in is None:
                raise _stale()
            first = sign_in.browser_hash is None
            if not await sign_ins.bind(session, state, browser=browser, clock=self.clock):
                raise Problem(SIGN_IN_ELSEWHERE.because("The sign-in was continued in another browser."))
            installation = await session.get_one(Installation, sign_in.installation_id)
            if first:
                await audit.record(session, installation.id, "sign_in_continued", clock=self.clock)
        return oauth.authorization_url(app_in(self.settings, installation.country), state=state)

    async def finish(self, *, state: str, code: str | None, error: str | None, browser: str) -> SignedIn:
        """Handle Exact's callback: consume the state, exchange the code, identify the user, connect.

        While Exact is asked, no transaction is open: a slow answer holds up nobody else.
        """
        sign_in, app = await self._consume(state, browser=browser)
        if error is not None or not code:
            raise Problem(SIGN_IN_DENIED.because("Access was denied in Exact Online."))
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                return await self.tokens.see_through(self._exchange_and_store(sign_in, app, code))
        except TimeoutError:
            raise Problem(
                SIGN_IN_PENDING.because("Exact Online or the database is slow. We keep trying to store the sign-in.")
            ) from None

    async def _exchange_and_store(self, sign_in: SignIn, app: oauth.App, code: str) -> SignedIn:
        grant = await self._exchange(app, code)
        connection = await self._who_signed_in(app, grant, sign_in.installation_id)
        return await _until_stored(lambda: self._connect(sign_in, connection, grant))

    async def _consume(self, state: str, *, browser: str) -> tuple[SignIn, oauth.App]:
        async with self.sessions.begin() as session:
            sign_in = await sign_ins.consume(session, state, browser=browser, clock=self.clock)
            if sign_in is None:
                if await sign_ins.find(session, state, clock=self.clock):
                    raise Problem(SIGN_IN_ELSEWHERE.because("This browser has not started the sign-in."))
                raise _stale()
            installation = await session.get_one(Installation, sign_in.installation_id)
            return sign_in, app_in(self.settings, installation.country)

    async def _connect(self, sign_in: SignIn, connection: Connection, grant: Grant) -> SignedIn:
        """Connect in one transaction, unless a later sign-in of the user or the installation was faster."""
        account = account_of(connection)
        async with self.sessions.begin() as session:
            await session.execute(text(_LOCK_BRIEFLY))
            await connections.lock_account(session, account)
            await installations.lock(session, sign_in.installation_id)
            if not await sign_ins.end(session, sign_in):
                raise Problem(SIGN_IN_STALE.because("A later sign-in was faster, or the connection was removed."))
            stored = await self.tokens.store_first_pair(
                session, account, grant.pair, granted_at=grant.at, installation_id=sign_in.installation_id
            )
            if not stored:
                raise Problem(SIGN_IN_STALE.because("The same Exact user has signed in again in the meantime."))
            superseded = await self._replace_connection(session, connection)
            installation = await session.get_one(Installation, sign_in.installation_id)
        _log.info("connected", installation=str(installation.id), superseded=str(superseded) if superseded else None)
        return SignedIn(
            partner_space_id=installation.partner_space_id,
            full_name=connection.full_name,
            return_to=sign_in.return_to,
            superseded_another=superseded is not None,
        )

    async def _replace_connection(self, session: AsyncSession, connection: Connection) -> InstallationId | None:
        """Store the connection, with its lines of the audit log; return the installation it supersedes."""
        installation_id, after = connection.installation_id, {"login": connection.user_name}
        before = await self._login_of(session, installation_id)
        superseded = await connections.connect(session, connection, clock=self.clock)
        await audit.record(session, installation_id, "connected", before=before, after=after, clock=self.clock)
        if superseded is not None:
            await audit.record(session, superseded, "superseded", before=after, clock=self.clock)
        return superseded

    async def _login_of(self, session: AsyncSession, installation_id: InstallationId) -> dict[str, str] | None:
        connection = await connections.connection_of(session, installation_id)
        return {"login": connection.user_name} if connection else None

    async def _exchange(self, app: oauth.App, code: str) -> Grant:
        try:
            pair = await oauth.exchange_code(app, code, http=self.http)
        except oauth.Unknown as error:
            raise _unfinished() from error
        except oauth.TokenError as error:
            raise Problem(SIGN_IN_REFUSED.because("Exact Online rejected the code of this sign-in.")) from error
        return Grant(pair=pair, at=await self.tokens.now())

    async def _who_signed_in(self, app: oauth.App, grant: Grant, installation_id: InstallationId) -> Connection:
        """Return the connection of this grant. That Exact accepts its token also proves that none has followed yet."""
        token = GivenToken(grant.pair.access_token)
        exact = Exact(self.http, app.host, token=token, pace=NoPace(), clock=self.clock)
        try:
            user = await exact.me()
        except Outcome as error:
            raise _unfinished() from error
        now = self.clock.now()
        return Connection(
            installation_id=installation_id,
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
            before = await self._login_of(session, installation.id)
            if before is None:
                raise Problem(NOT_FOUND.because("There is no connection to Exact Online."))
            await expect_confirmed(session, installation, confirmed=confirmed, waiting_are="kept until a new sign-in")
            await connections.erase_connection(session, installation.id)
            reason = WAITS_FOR_CONNECTION.because("The connection to Exact Online was removed.")
            await lanes.block_all(session, installation.id, reason=reason)
            await audit.record(session, installation.id, "disconnected", before=before, clock=self.clock)


async def _until_stored(step: Callable[[], Awaitable[Result]]) -> Result:
    """Repeat a step while the database is away, or while a refresh of the account holds its chain.

    What it stores is the only copy of the pair.
    """
    while True:
        try:
            return await step()
        except Exception as error:
            if not db.is_away(error):
                raise
            _log.warning("sign_in_waits_for_database", failure=type(error).__name__)
        await asyncio.sleep(_AGAIN_AFTER)


def _stale() -> Problem:
    return Problem(SIGN_IN_STALE.because("The sign-in was already used, took too long or was not started here."))


def _unfinished() -> Problem:
    return Problem(EXACT_UNAVAILABLE.because("Exact Online did not complete the sign-in. Start it again in Banqup."))


def expect_offered(settings: Settings, country: str) -> None:
    """Raise `Problem` unless the extension is available in this country."""
    offered = sorted(settings.exact_apps)
    if country not in offered:
        sentence = f"The extension is available in {', '.join(offered)}, not in {country}."
        raise Problem(COUNTRY_NOT_OFFERED.because(sentence, countries=offered))
