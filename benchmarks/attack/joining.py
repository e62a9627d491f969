"""Partners who join the service through its API, each with companies and clients of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid4

import httpx

from app.onboarding import PERMISSIONS
from sandbox.demo import browser
from sandbox.demo.partner import Partner
from sandbox.running import Sandbox

VAT_NUMBER = "BE0403019261"
_COMPANIES = count(710_001)


@dataclass(frozen=True)
class Client:
    """A Business Space, and the company of Exact that its documents go to."""

    space: UUID
    company: int


@asynccontextmanager
async def installed(url: str, sandbox: Sandbox, *, name: str) -> AsyncIterator[Partner]:
    """Yield a caller with a new Partner Space in which the extension is installed."""
    space = str(uuid4())
    token = await sandbox.banqup.token(subject=f"{name}-{space}", partner_spaces=[space])
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
        partner = Partner(http, space)
        await partner.install(country="be", permissions=list(PERMISSIONS))
        yield partner


@asynccontextmanager
async def connected(
    url: str, sandbox: Sandbox, *, name: str, clients: int
) -> AsyncIterator[tuple[Partner, list[Client]]]:
    """Yield a partner who has signed in, with so many active clients."""
    companies = [next(_COMPANIES) for _ in range(clients)]
    for company in companies:
        body = {"code": company, "hid": company, "name": name, "customer": name}
        await sandbox.exact.post("/sandbox/companies", body)
    user = f"{name}-{uuid4().hex[:8]}"
    await sandbox.exact.post("/sandbox/users", {"id": user, "name": user, "companies": companies})
    async with installed(url, sandbox, name=name) as partner:
        await browser.sign_in(await partner.begin_sign_in(), user=user)
        yield partner, [await _activated(sandbox, partner, company) for company in companies]


async def _activated(sandbox: Sandbox, partner: Partner, company: int) -> Client:
    space = await sandbox.banqup.space(partner_space_id=partner.space, name="Client")
    await partner.activate(space["id"], company_code=str(company), vat_number=VAT_NUMBER)
    return Client(UUID(space["id"]), company)
