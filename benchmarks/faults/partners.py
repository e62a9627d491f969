"""What people do during a campaign: sign in again when they are told, take over an account, send errors again."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import db, installations, records
from app.errors import Problem
from app.models import Connection, Installation
from benchmarks.town import Town
from sandbox.running import SandboxError

ATTEMPTS = 40
LOOK_EVERY = 1.0  # seconds


@dataclass
class Partners:
    """The people of all Partner Spaces, with the Exact user that each signs in as."""

    town: Town
    users: dict[UUID, str]
    companies: dict[UUID, list[int]]
    signed_in_again: int = 0
    sent_again: int = 0

    async def react(self) -> None:
        """Whoever is told that the connection needs a sign-in signs in, until this is cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for partner in await self.told():
                self.signed_in_again += await self.sign_in(partner, self.users[partner])

    async def told(self) -> list[UUID]:
        """Partner Spaces whose connection needs a sign-in."""
        query = (
            select(Installation.partner_space_id)
            .join(Connection, Connection.installation_id == Installation.id)
            .where(Connection.state == "needs_sign_in")
        )
        return [row[0] for row in await self.town.read(query)]

    async def sign_in(self, partner: UUID, user: str) -> bool:
        """Try until it works, as people do; what Exact or the service answers meanwhile does not matter."""
        for _ in range(ATTEMPTS):
            try:
                await self.town.sign_in(partner, user)
            except (Problem, SandboxError, httpx.HTTPError, DBAPIError):
                await asyncio.sleep(0.2)
            else:
                self.users[partner] = user
                return True
        return False

    async def supersede(self, partner: UUID, *, by: UUID) -> None:
        """Another partner signs in with this one's Exact account; this one comes back with a new account."""
        account = self.users[partner]
        seen = [*self.companies[partner], *self.companies[by]]
        await self.town.sandbox.exact.patch(f"/sandbox/users/{account}", {"companies": seen})
        if not await self.sign_in(by, account):
            return
        await asyncio.sleep(2 * LOOK_EVERY)
        successor = await self.town.user(f"{account}-successor", self.companies[partner])
        self.signed_in_again += await self.sign_in(partner, successor)

    async def send_errors_again(self) -> int:
        """After a person has looked at them; gives how many."""
        try:
            count = 0
            for partner in self.users:
                async with self.town.sessions.begin() as session:
                    installation = await installations.find(session, partner)
                    assert installation is not None
                    count += await records.resend_errors(session, installation, client=None, clock=self.town.clock)
            self.sent_again += count
            return count
        except Exception as error:
            if not db.is_away(error):
                raise
            return 0
