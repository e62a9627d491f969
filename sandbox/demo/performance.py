"""The demo from the installation to the final overview."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from sandbox.admin import SandboxError
from sandbox.demo import banqup, browser, checking
from sandbox.demo.banqup import Staged
from sandbox.demo.checking import Outcome
from sandbox.demo.partner import Partner, Refused
from sandbox.demo.problems import DemoError
from sandbox.demo.service import Service
from sandbox.demo.showing import Show, label
from sandbox.demo.story import ACCOUNTANT, EXACT_USER, READY, Client, Scene
from sandbox.demo.watching import Watch

_ENDED_WITHIN = 60.0  # seconds, and
_SECONDS_EACH = 2.0  # for each document
_POLL_EVERY = 1.0  # seconds, once all is done
_TOKEN_SECONDS = 12 * 3600


@dataclass
class Performance:
    """One run of the demo against a ready service."""

    service: Service
    http: httpx.AsyncClient
    show: Show
    partner: Partner
    watch: Watch
    token: str
    missed: list[str] = field(default_factory=list)

    @classmethod
    async def opened(cls, service: Service, http: httpx.AsyncClient, show: Show) -> "Performance":
        """Begin a run with a new Partner Space and a bearer token for it."""
        space = str(uuid4())
        token = await service.sandbox.banqup.token(subject="demo", partner_spaces=[space], expires_in=_TOKEN_SECONDS)
        http.base_url = httpx.URL(service.url)
        http.headers["Authorization"] = f"Bearer {token}"
        partner = Partner(http, space)
        return cls(service, http, show, partner, Watch(partner, show.event), token)

    async def connect(self) -> None:
        """Install the extension and sign in with Exact Online."""
        extension = await self.partner.extension()
        permissions = [permission["id"] for permission in extension["permissions"]]
        self.show.title(f"{ACCOUNTANT} installs “{extension['name']}” in the Partner Space and signs in")
        self.show.line(f"permissions confirmed: {', '.join(permissions)}")
        await self.partner.install(country="be", permissions=permissions)
        for page in await browser.sign_in(await self.partner.begin_sign_in(), user=EXACT_USER):
            self.show.page(page)
        connection = await self.partner.connection()
        if connection["state"] != "connected":
            raise DemoError(f"Exact Online is not connected after the sign-in: {connection}")

    async def activate(self, clients: Sequence[Client]) -> dict[Client, str]:
        """Activate each client, after one wrong attempt; return the clients' spaces in Banqup."""
        self.show.title("The companies in Exact Online, by Company Code")
        self.show.companies(await self.partner.companies())
        self.show.title("Clients are activated by Company Code")
        spaces = {}
        for client in clients:
            spaces[client] = await banqup.open_space(
                self.service.sandbox.banqup, client, partner_space=self.partner.space
            )
        await self._try_a_wrong_company(spaces[clients[0]], clients[0])
        for client, space in spaces.items():
            bound = await self.partner.activate(space, company_code=client.company_code, vat_number=client.vat_number)
            company = bound["company"]
            self.show.line(f"[green]✓[/] {client.name} → {company['code']} {company['name']}, {company['vat_number']}")
        return spaces

    async def _try_a_wrong_company(self, space: str, client: Client) -> None:
        wrong = str(int(client.company_code) + 1)
        self.show.line(f"{client.name} with the Company Code {wrong}, by mistake:")
        try:
            await self.partner.activate(space, company_code=wrong, vat_number=client.vat_number)
        except Refused as refusal:
            self.show.refused(refusal)
        else:
            raise DemoError(f"{client.name} was activated for company {wrong}, which is another client's.")

    async def play(self, scenes: Sequence[Scene], spaces: dict[Client, str]) -> tuple[list[Staged], Outcome]:
        """Let the documents travel; return them and the final state."""
        self.show.title("The documents travel")
        staged = await self._travel([scene for scene in scenes if scene.refused_with is None], spaces)
        again = [one for one in staged if one.scene.sent_twice]
        for one in again:
            await banqup.send_again(self.service.sandbox.banqup, one)
        await self._all_ended(again, times=2)
        staged += await self._travel_to_a_refusal([scene for scene in scenes if scene.refused_with], spaces)
        await self._all_messages_accepted(staged)
        return staged, await self._outcome()

    async def _travel(self, scenes: Sequence[Scene], spaces: dict[Client, str]) -> list[Staged]:
        """Add, approve and send documents in Banqup, and wait until their exports have ended."""
        admin, staged = self.service.sandbox.banqup, []
        for scene in scenes:
            try:
                one = await banqup.stage(admin, scene, space=spaces[scene.client])
                await banqup.finish(admin, one)
            except SandboxError as error:
                self.missed.append(f"{scene.title}: the sandbox does not take it ({error}).")
                continue
            staged.append(one)
            self.show.finished(one)
        await self._all_ended(staged)
        return staged

    async def _travel_to_a_refusal(self, scenes: Sequence[Scene], spaces: dict[Client, str]) -> list[Staged]:
        for scene in scenes:
            await self.service.sandbox.exact.fault(
                "exact_error_500",
                endpoint="documents/Documents",
                method="POST",
                company=scene.client.division,
                times=1,
                message=scene.refused_with,
            )
        return await self._travel(scenes, spaces) if scenes else []

    async def _all_ended(self, staged: Sequence[Staged], *, times: int = 1) -> None:
        within = _ENDED_WITHIN + _SECONDS_EACH * len(staged)
        late = await self.watch.until(staged, within=within, times=times)
        self.show.shortcomings([f"{label(one, None)} has not ended in time." for one in late])

    async def _all_messages_accepted(self, staged: Sequence[Staged]) -> None:
        """Wait until the service has accepted every message, and show repeats; raise `DemoError` if it does not."""
        until = time.monotonic() + _ENDED_WITHIN
        while await self.service.sandbox.banqup.deliveries("waiting"):
            if time.monotonic() > until:
                raise DemoError("The service did not accept all of Banqup's messages.")
            await asyncio.sleep(0.1)
        deliveries = await self.service.sandbox.banqup.deliveries("delivered")
        answers = [attempt["answer"] for delivery in deliveries for attempt in delivery["attempts"]]
        for one in staged:
            if one.scene.delivered_twice:
                repeated = [answer for answer in answers if '"duplicate": true' in answer]
                self.show.delivered_again(one, " ".join(repeated) or "nothing")

    async def _outcome(self) -> Outcome:
        await self.watch.poll()
        ready = [export for export in self.watch.seen.values() if export["status"] == READY]
        ubl = {export["id"]: await self.partner.ubl(export["id"]) for export in ready}
        return Outcome(self.watch.seen, ubl, await self.service.sandbox.exact.arrived())

    def conclude(self, staged: Sequence[Staged], outcome: Outcome) -> list[str]:
        """Print what is in Exact and what is not; return what is not as it should be."""
        exports = list(outcome.exports.values())
        self.show.title("In Exact Online")
        self.show.in_exact(outcome.arrived)
        self.show.losses(exports)
        missing = [export for export in exports if export["status"] != READY]
        if missing:
            self.show.title("Not in Exact Online, and why")
            self.show.not_in_exact(missing)
        found = [*self.missed, *checking.shortcomings(staged, outcome)]
        self.show.shortcomings(found)
        return found

    def show_addresses(self, spaces: dict[Client, str], scenes: Sequence[Scene]) -> None:
        """Print addresses, and variables to call the API with; the client has a document to resend."""
        self.show.title("Where to look")
        self.show.addresses(self.service)
        clients = [scene.client for scene in scenes if scene.refused_with] or list(spaces)
        self.show.variables(API=self.service.url, SPACE=self.partner.space, CLIENT=spaces[clients[0]], TOKEN=self.token)

    async def stay(self, expect_alive: Callable[[], None]) -> None:
        """Show what happens until Ctrl-C; raise `DemoError` if a process ends."""
        while True:
            await asyncio.sleep(_POLL_EVERY)
            expect_alive()
            with contextlib.suppress(Refused, httpx.HTTPError):  # uninstalled meanwhile, or broken on purpose
                await self.watch.poll()
