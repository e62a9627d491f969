"""What people do during a campaign: sign in again, take over an account, send errors again."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import resending
from app.errors import Problem
from app.partners import installations
from app.storage import db
from app.storage.models import Connection, Installation
from benchmarks.town import Town
from sandbox.admin import SandboxError

ATTEMPTS = 40
LOOK_EVERY = 1.0  # seconds


@dataclass
class Partners:
    """The people of all Partner Spaces, with the Exact user that each signs in as."""

    town: Town
    users: dict[UUID, str]
    companies: dict[UUID, list[int]]
    accounts: int = 0
    superseded: int = 0
    signed_in_again: int = 0
    sent_again: int = 0

    async def react(self) -> None:
        """Sign in again for every lost connection, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for partner, state in await self.disconnected():
                user = self.users[partner] if state == "needs_sign_in" else await self.new_account(partner)
                self.signed_in_again += await self.sign_in(partner, user)

    async def disconnected(self) -> list[tuple[UUID, str]]:
        """Return the Partner Spaces without a working connection, with its state."""
        query = (
            select(Installation.partner_space_id, Connection.state)
            .join(Connection, Connection.installation_id == Installation.id)
            .where(Connection.state != "connected")
        )
        return [(row[0], row[1]) for row in await self.town.read(query)]

    async def new_account(self, partner: UUID) -> str:
        """Another Exact user who opens the same companies."""
        self.accounts += 1
        return await self.town.user(f"another-{self.accounts}", self.companies[partner])

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
        """Another partner signs in with this one's Exact account."""
        account = self.users[partner]
        seen = [*self.companies[partner], *self.companies[by]]
        await self.town.sandbox.exact.patch(f"/sandbox/users/{account}", {"companies": seen})
        self.superseded += await self.sign_in(by, account)

    async def send_errors_again(self) -> int:
        """After a person has looked at them; gives how many."""
        try:
            count = 0
            for partner in self.users:
                async with self.town.sessions.begin() as session:
                    installation = await installations.find(session, partner)
                    assert installation is not None
                    count += await resending.resend_errors(session, installation, client=None, clock=self.town.clock)
            self.sent_again += count
            return count
        except Exception as error:
            if not db.is_away(error):
                raise
            return 0
