"""The Exact companies available to a partner, and the one identified by a Company Code."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

import httpx

from app.clock import Clock
from app.errors import NeedsSignIn, Outcome, Problem, Rejected, TryLater
from app.exact import companies
from app.exact.client import Exact, NoPace
from app.exact.companies import ExactCompany
from app.exact.connected import connected
from app.exact.tokens import Tokens
from app.partners import connections, installations, listings
from app.partners.connections import expect_connection
from app.partners.installations import expect_installation
from app.reasons import NOT_CONNECTED, RATE_LIMIT, Reason
from app.settings import Settings
from app.storage.db import Sessions
from app.storage.models import Connection

# Companies and access rights change at any time.
CACHED_FOR = timedelta(hours=1)
# Every listing costs one of a company's sixty calls a minute; an immediate repeat returns the same.
MINIMUM_INTERVAL = timedelta(seconds=5)
# So many calls leave a few of the minute's sixty to documents of the company whose division the calls name.
PAGES_AT_A_TIME = 50


@dataclass(frozen=True, kw_only=True)
class CompanyDirectory:
    """Lists and resolves the companies of the signed-in user."""

    sessions: Sessions
    settings: Settings
    clock: Clock
    tokens: Tokens
    http: httpx.AsyncClient

    async def companies(self, partner_space_id: UUID, *, refresh: bool = False) -> list[ExactCompany]:
        """Return the companies the signed-in user has access to, cached for an hour unless `refresh`."""
        async with self.sessions() as session:
            installation = await expect_installation(session, partner_space_id)
            connection = await expect_connection(session, installation)
            listed_at = connection.companies_at
            enough = MINIMUM_INTERVAL if refresh else CACHED_FOR
            if listed_at is not None and self.clock.now() - listed_at < enough:
                return await connections.companies_of(session, installation.id)
        listed = await self._fetch(connection)
        async with self.sessions.begin() as session:
            await installations.lock(session, installation.id)
            await connections.replace_companies(session, installation.id, listed, clock=self.clock)
            return await connections.companies_of(session, installation.id)

    async def _fetch(self, connection: Connection) -> list[ExactCompany]:
        exact = connected(
            connection, settings=self.settings, tokens=self.tokens, http=self.http, pace=NoPace(), clock=self.clock
        )
        try:
            return await self._list(exact, connection)
        except Outcome as outcome:
            await self._raise_problem(connection, outcome)

    async def _list(self, exact: Exact, connection: Connection) -> list[ExactCompany]:
        """List all companies; continue a listing that needed more than a minute's calls. Raises an `Outcome`."""
        now = self.clock.now()
        async with self.sessions() as session:
            begun = await listings.begun(session, connection, now=now)
        found, place = (listings.listed(begun), begun.place) if begun else ([], None)
        try:
            for _ in range(PAGES_AT_A_TIME):
                some, place = await companies.page(exact, current_division=connection.current_division, place=place)
                found += some
                if place is None:
                    return found
            until = self.clock.now() + timedelta(minutes=1)
            raise TryLater(RATE_LIMIT.because(f"Listed so far: {len(found)} companies."), until=until)
        except Rejected:
            place = None
            raise
        finally:
            begun_at = begun.begun_at if begun else now
            async with self.sessions.begin() as session:
                if place is None:
                    await listings.forget(session, connection)
                else:
                    await listings.keep(session, connection, found, place, begun_at=begun_at)

    async def _raise_problem(self, connection: Connection, outcome: Outcome) -> NoReturn:
        """Raise the outcome of a call as a `Problem`."""
        if isinstance(outcome, NeedsSignIn):
            await self._mark_lost(connection, outcome.reason)
            raise Problem(NOT_CONNECTED.because("Exact Online no longer accepts the sign-in.")) from outcome
        if isinstance(outcome, TryLater):
            seconds = outcome.seconds_left(self.clock.now())
            raise Problem(outcome.reason, headers={"Retry-After": str(seconds)}) from outcome
        raise Problem(outcome.reason) from outcome

    async def _mark_lost(self, connection: Connection, reason: Reason) -> None:
        async with self.sessions.begin() as session:
            await installations.lock(session, connection.installation_id)
            await connections.lose_connection(session, connection.installation_id, reason=reason, clock=self.clock)

    async def resolve(
        self,
        partner_space_id: UUID,
        company_code: str,
        *,
        vat_number: str | None,
        enterprise_number: str | None,
        override_reason: str | None,
    ) -> ExactCompany:
        """Return the company with this code; if the cached list does not resolve it, try a fresh list once."""
        numbers = {"vat_number": vat_number, "enterprise_number": enterprise_number}
        try:
            listed = await self.companies(partner_space_id)
            return companies.resolve(listed, company_code, **numbers, override_reason=override_reason)
        except Problem as problem:
            if problem.reason.kind not in companies.REFUSALS:
                raise
        listed = await self.companies(partner_space_id, refresh=True)
        return companies.resolve(listed, company_code, **numbers, override_reason=override_reason)
