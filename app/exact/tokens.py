"""The token chain of an Exact user: one row, rotated under its lock and stored before use.

Exact rotates the refresh token at every use and revokes the old one at once, so a pair lost between Exact's response
and our commit is lost for good. Hence: lock the row, read it again inside the lock, commit an attempt, send one
request, never retry, commit the new pair alone.
"""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import log
from app.backoff import delay
from app.clock import Clock
from app.crypto import KEY_ID, CannotOpen, Sealer, UnknownKey
from app.errors import NeedsSignIn, TryLater
from app.exact import oauth, refresh_attempts, sealed_pair
from app.exact.account import Account, account_of
from app.exact.oauth import App, TokenError, TokenPair
from app.metrics import TOKEN_REFRESHES
from app.reasons import (
    EXACT_REFUSES_APP,
    EXACT_REFUSES_TOKEN,
    EXACT_UNAVAILABLE,
    SECRET_KEY_MISSING,
    WAITS_FOR_CONNECTION,
    Kind,
)
from app.storage import db, steps
from app.storage.db import Sessions
from app.storage.models import InstallationId, TokenChain

# Exact refuses a refresh before 570 s, and an access token expires at 600 s.
REFRESH_AFTER = timedelta(seconds=575)
# A refresh token expires after 30 days without use.
REFRESHED_WHEN_IDLE_FOR = timedelta(days=7)
# How soon to look again for a secret key that the operator has to put back.
KEY_AGAIN_AFTER = timedelta(minutes=1)
# A refusal in unknown words may be Exact's own mistake; the third in ten minutes is taken at its word.
REFUSED_AGAIN_AFTER = (timedelta(minutes=2), timedelta(minutes=6))
# Refreshes in one process at a time. Each holds two connections while Exact answers, and the pool has others to serve.
AT_ONCE = 6

Result = TypeVar("Result")
_log = log.get(__name__)


class Tokens:
    """Reads, rotates and stores the token chains."""

    def __init__(self, sessions: Sessions, *, http: httpx.AsyncClient, sealer: Sealer, clock: Clock) -> None:
        self._sessions = sessions
        self._http = http
        self._sealer = sealer
        self._clock = clock
        self._locks: dict[Account, asyncio.Lock] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._running: set[asyncio.Task[Any]] = set()

    async def now(self) -> datetime:
        """Return the database's current time, by which the grants of several processes are ordered.

        While it is away, this machine's clock has to do.
        """
        try:
            async with self._sessions() as session:
                return await self._now(session)
        except Exception as error:
            if not db.is_away(error):
                raise
            return self._clock.now()

    async def store_first_pair(
        self,
        session: AsyncSession,
        account: Account,
        pair: TokenPair,
        *,
        granted_at: datetime,
        installation_id: InstallationId,
    ) -> bool:
        """Store a sign-in's first pair in place of the chain it has revoked at Exact. The caller commits.

        Returns False if a later sign-in of the same Exact user has revoked this pair and stored its own.
        """
        chain = await _lock_chain(session, account)
        if chain is None:
            chain = TokenChain(**account._asdict(), generation=0)
        elif chain.granted_at > granted_at:
            return False
        chain.installation_id = installation_id
        chain.granted_at = granted_at
        await self._write_pair(session, chain, pair, now=granted_at)
        session.add(chain)
        return True

    async def current(self, app: App, account: Account) -> str:
        """Return a valid access token, refreshed if Exact allows it.

        Raises `NeedsSignIn` if the chain is lost, `TryLater` if that is still unknown.
        """
        try:
            return await self._current(app, account)
        except CannotOpen:
            raise await self._erase_unreadable(account) from None
        except UnknownKey:
            raise self._wait_for_key(account) from None

    def _wait_for_key(self, account: Account) -> TryLater:
        """Return the wait for a key that this process lacks. The pair stays: it is as good as the day it was stored."""
        _log.error("secret_key_unknown", user=str(account.exact_user_id))
        reason = SECRET_KEY_MISSING.because("The stored sign-in is sealed with a key that SECRET_KEYS does not list.")
        return TryLater(reason, until=self._clock.now() + KEY_AGAIN_AFTER, lane=True)

    async def _erase_unreadable(self, account: Account) -> NeedsSignIn:
        """Erase a pair that was modified or moved to this row, and return the demand for a new sign-in."""
        async with self._sessions.begin() as session:
            chain = await _lock_chain(session, account)
            if chain is not None:
                chain.access_token = chain.refresh_token = None
        return NeedsSignIn(WAITS_FOR_CONNECTION.because("The stored sign-in can no longer be decrypted."))

    async def _current(self, app: App, account: Account) -> str:
        async with self._sessions() as session:
            chain = await session.get(TokenChain, account)
            now = await self._now(session)
        if chain is not None and chain.access_token is not None and now - chain.obtained_at < REFRESH_AFTER:
            return sealed_pair.open_(self._sealer, chain, "access_token")
        return await self.rotate(app, account)

    async def rotate(self, app: App, account: Account, *, refused: str | None = None) -> str:
        """Refresh once for all concurrent callers; finish and store the pair even if the caller is cancelled.

        `refused` is an access token that Exact rejected: if the row has a different one, return that.
        """
        return await self.see_through(self._rotate_in_turn(app, account, refused))

    async def see_through(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Finish what holds the only copy of a pair, even if the caller is cancelled."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait for what is being seen through before the process ends."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def idle(self, *, most: int = 20) -> list[tuple[Account, InstallationId]]:
        """Return chains unused for a week, to be refreshed well before they expire."""
        async with self._sessions() as session:
            chains = await session.scalars(
                select(TokenChain)
                .where(
                    func.substr(TokenChain.refresh_token, 1, KEY_ID).in_(self._sealer.key_ids),
                    TokenChain.obtained_at < self._clock.sql() - REFRESHED_WHEN_IDLE_FOR,
                )
                .where(TokenChain.retry_at <= self._clock.sql())
                .order_by(TokenChain.obtained_at)
                .limit(most)
            )
            return [(account_of(chain), chain.installation_id) for chain in chains]

    async def _rotate_in_turn(self, app: App, account: Account, refused: str | None) -> str:
        # One task per process: waiting for the row lock must not exhaust the connection pool.
        async with self._locks.setdefault(account, asyncio.Lock()), self._places:
            try:
                return await self._rotate_locked(app, account, refused)
            except CannotOpen:
                raise await self._erase_unreadable(account) from None
            except UnknownKey:
                raise self._wait_for_key(account) from None

    async def _rotate_locked(self, app: App, account: Account, refused: str | None) -> str:
        answer: TokenPair | TokenError | None = None
        generation = 0
        try:
            async with self._sessions.begin() as session:
                chain, now = await _lock_chain(session, account), await self._now(session)
                if known := await self._usable_token(session, chain, account, now=now, refused=refused):
                    return known
                assert chain is not None
                generation = chain.generation
                attempt_id = await self._start_attempt(chain)
                answer = await self._refresh(app, chain)
                await self._record(session, chain, answer, attempt_id=attempt_id, now=await self._now(session))
        except Exception as error:
            if not isinstance(answer, TokenPair) or not db.is_away(error):
                raise
            await self._store_until_committed(account, answer, generation=generation)
        assert answer is not None
        return self._token_after(answer, chain, refused=refused, now=now)

    async def _usable_token(
        self, session: AsyncSession, chain: TokenChain | None, account: Account, *, now: datetime, refused: str | None
    ) -> str | None:
        """Return a token stored while we waited for the lock; None if Exact may be asked, else raise an `Outcome`."""
        if chain is None or chain.refresh_token is None or chain.access_token is None:
            raise NeedsSignIn(WAITS_FOR_CONNECTION.because("Exact Online is no longer connected."))
        token = sealed_pair.open_(self._sealer, chain, "access_token")
        if token != refused and now - chain.obtained_at < REFRESH_AFTER:
            return token
        earliest = max(chain.retry_at, await refresh_attempts.open_until(session, chain) or chain.retry_at)
        if earliest <= now:
            return None
        if token != refused and now < chain.expires_at:
            return token
        raise TryLater(EXACT_UNAVAILABLE.because("Exact has not issued a new token yet."), until=earliest, lane=True)

    async def _start_attempt(self, chain: TokenChain) -> int:
        """Commit an open attempt separately, so that a crash from here on leaves a trace."""
        async with self._sessions.begin() as session:
            return await refresh_attempts.start(session, chain, clock=self._clock)

    async def _refresh(self, app: App, chain: TokenChain) -> TokenPair | TokenError:
        token = sealed_pair.open_(self._sealer, chain, "refresh_token")
        try:
            return await oauth.refresh(app, token, http=self._http)
        except TokenError as error:
            return error

    async def _record(
        self,
        session: AsyncSession,
        chain: TokenChain,
        answer: TokenPair | TokenError,
        *,
        attempt_id: int,
        now: datetime,
    ) -> None:
        outcome = _OUTCOMES.get(type(answer), "rotated")
        await refresh_attempts.close(session, attempt_id, outcome)
        match answer:
            case TokenPair():
                await self._write_pair(session, chain, answer, now=now)
            case oauth.ChainLost():
                chain.access_token = chain.refresh_token = None
            case oauth.Refused() if not isinstance(answer, oauth.AppRefused):
                await self._record_refusal(session, chain, now=now)
            case _:
                chain.failures += 1
                # Token errors count towards 200 calls a day.
                chain.retry_at = now + delay(chain.failures, first=15, cap=3600)
        TOKEN_REFRESHES.labels(outcome).inc()
        _log.info("token_refresh", outcome=outcome, installation=str(chain.installation_id))

    async def _record_refusal(self, session: AsyncSession, chain: TokenChain, *, now: datetime) -> None:
        """Schedule another try, or give the chain up after the last."""
        refused = await refresh_attempts.count_refused(session, chain)
        if refused > len(REFUSED_AGAIN_AFTER):
            chain.access_token = chain.refresh_token = None
        else:
            chain.failures += 1
            chain.retry_at = now + REFUSED_AGAIN_AFTER[refused - 1]

    def _token_after(
        self,
        answer: TokenPair | TokenError,
        chain: TokenChain | None,
        *,
        refused: str | None,
        now: datetime,
    ) -> str:
        """Return the access token to use after Exact's response; raise an `Outcome` otherwise."""
        if isinstance(answer, TokenPair):
            return answer.access_token
        if chain is None or chain.access_token is None:
            raise NeedsSignIn(WAITS_FOR_CONNECTION.because("Exact Online no longer accepts this sign-in."))
        token = sealed_pair.open_(self._sealer, chain, "access_token")
        # Too early means that the access token is still valid, whatever our clock says.
        if token != refused and (isinstance(answer, oauth.TooEarly) or now < chain.expires_at):
            return token
        raise TryLater(_refused(answer).because("Exact issued no new token."), until=chain.retry_at, lane=True)

    async def _store_until_committed(self, account: Account, pair: TokenPair, *, generation: int) -> None:
        """Keep trying to store a pair after the database went down before our commit: this is the only copy."""
        while True:
            try:
                async with self._sessions.begin() as session:
                    chain = await _lock_chain(session, account)
                    if chain is not None and chain.generation == generation:
                        await self._write_pair(session, chain, pair, now=await self._now(session))
                    return
            except Exception as error:
                if not db.is_away(error):
                    raise
                _log.warning("token_pair_waits_for_database", user=str(account.exact_user_id))
                await asyncio.sleep(0.5)

    async def _write_pair(self, session: AsyncSession, chain: TokenChain, pair: TokenPair, *, now: datetime) -> None:
        for_column = await steps.is_completed(session, sealed_pair.SEALED_FOR_COLUMN)
        sealed_pair.seal(self._sealer, chain, "access_token", pair.access_token, for_column=for_column)
        sealed_pair.seal(self._sealer, chain, "refresh_token", pair.refresh_token, for_column=for_column)
        chain.obtained_at = now
        chain.expires_at = now + timedelta(seconds=pair.expires_in)
        chain.generation += 1
        chain.failures = 0
        chain.retry_at = now

    async def _now(self, session: AsyncSession) -> datetime:
        """Return the database's current time, even late in a transaction that waited for a lock."""
        moment = await session.scalar(select(func.clock_timestamp()))
        assert isinstance(moment, datetime)
        return moment + self._clock.offset


_OUTCOMES: dict[type[object], refresh_attempts.Outcome] = {
    oauth.TooEarly: "too_early",
    oauth.ChainLost: "lost",
    oauth.Refused: "refused",
    oauth.AppRefused: "app_refused",
    oauth.Unknown: "unknown",
}


def _refused(answer: TokenError) -> Kind:
    match answer:
        case oauth.AppRefused():
            return EXACT_REFUSES_APP
        case oauth.Refused():
            return EXACT_REFUSES_TOKEN
    return EXACT_UNAVAILABLE


async def _lock_chain(session: AsyncSession, account: Account) -> TokenChain | None:
    return await session.get(TokenChain, account, with_for_update={"key_share": True}, populate_existing=True)
