"""Another partner, who does nothing but work: the documents of its client must arrive promptly during the attacks."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx

from app.delivery.parcel import reference
from app.onboarding import PERMISSIONS
from benchmarks.town import invoice
from sandbox.admin import BanqupAdmin, ExactAdmin
from sandbox.demo import browser
from sandbox.demo.partner import Partner
from sandbox.running import Sandbox

COMPANY, COMPANY_CODE = 700_001, 7001
APPROVED_EVERY = 0.5  # seconds
PATIENCE = 30.0  # seconds for one document
VAT_NUMBER = "BE0403019261"


@dataclass
class Bystander:
    """A partner with one client, whose documents are timed from their approval to their arrival in Exact."""

    partner: Partner
    client: UUID
    banqup: BanqupAdmin
    exact: ExactAdmin
    seconds: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Approve a document after the other for as long as the block runs."""
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work(ended))
            try:
                yield
            finally:
                ended.set()

    async def export(self) -> dict[str, object]:
        """Return an export of the client."""
        while not (found := await self.partner.exports()):  # noqa: ASYNC110 - another process acts
            await asyncio.sleep(0.1)
        return found[0]

    @property
    def p99(self) -> float:
        """Return the seconds within which 99 of 100 documents arrived; a document that never did counts as endless."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)] if self.seconds else math.inf

    async def _work(self, ended: asyncio.Event) -> None:
        async with self.banqup.connected(), self.exact.connected():
            while not ended.is_set():
                self.seconds.append(await self._approve())
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), APPROVED_EVERY)

    async def _approve(self) -> float:
        """Approve a document; return the seconds until it lies in Exact, endless if it takes too long."""
        stored = await self.banqup.document(str(self.client), invoice(f"B-{uuid4().hex[:12]}"))
        known = reference(self.client, UUID(stored["id"]), COMPANY)
        began = time.monotonic()
        await self.banqup.approve(str(self.client), stored["id"])
        while not any(str(one["subject"]).startswith(known) for one in await self.exact.arrived(COMPANY)):
            if time.monotonic() > began + PATIENCE:
                return math.inf
            await asyncio.sleep(0.02)
        return time.monotonic() - began


@asynccontextmanager
async def connected(url: str, sandbox: Sandbox) -> AsyncIterator[Bystander]:
    """Yield a partner who has signed in and activated a client."""
    user = f"bystander-{uuid4().hex[:8]}"
    await sandbox.exact.post(
        "/sandbox/companies", {"code": COMPANY, "hid": COMPANY_CODE, "name": "Bystander", "customer": "Bystander"}
    )
    await sandbox.exact.post("/sandbox/users", {"id": user, "name": user, "companies": [COMPANY]})
    space = str(uuid4())
    token = await sandbox.banqup.token(subject="bystander", partner_spaces=[space])
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
        partner = Partner(http, space)
        await partner.install(country="be", permissions=list(PERMISSIONS))
        await browser.sign_in(await partner.begin_sign_in(), user=user)
        client = await sandbox.banqup.space(partner_space_id=space, name="Client of the bystander")
        await partner.activate(client["id"], company_code=str(COMPANY_CODE), vat_number=VAT_NUMBER)
        yield Bystander(partner, UUID(client["id"]), sandbox.banqup, sandbox.exact)
