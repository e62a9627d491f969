"""Attacks on the sign-in: forwarded, shared, replayed and outlived links, and a slow Exact behind many callbacks.

The service and its sandbox run on loopback. Spaces, users and callers are new for each run.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

from benchmarks.attack.outcome import expect
from sandbox.demo import browser
from sandbox.running import Sandbox

CALLBACKS = 25
SLOW = 6.0  # seconds of Exact's answer
PROMPT = 2.0  # seconds that a message may take meanwhile
FLOOD = 40  # sign-ins of one installation; it keeps five
PERMISSIONS = ["documents:read", "messages:receive", "spaces:read"]
TIMEOUT = httpx.Timeout(60.0)


@dataclass(frozen=True)
class Partner:
    """A caller with a Partner Space in which the extension is installed."""

    http: httpx.AsyncClient
    space: str

    @property
    def path(self) -> str:
        return f"/v1/installations/{self.space}"

    async def install(self) -> None:
        body = {"partner_space_id": self.space, "country": "be", "permissions": PERMISSIONS}
        (await self.http.post("/v1/installations", json=body)).raise_for_status()

    async def link(self) -> str:
        """Start a sign-in; return the address to open in a browser."""
        answer = await self.http.post(f"{self.path}/sign-in", json={"partner_name": "Your own accountant"})
        return str(answer.raise_for_status().json()["authorization_url"])

    async def state(self) -> str:
        answer = await self.http.get(f"{self.path}/connection")
        return str(answer.raise_for_status().json()["state"])


@dataclass(frozen=True)
class Links:
    """The attacks, against the service at `url`."""

    url: str
    sandbox: Sandbox

    async def run(self) -> list[str]:
        """Try each attack; return a line for each that failed, as it should. Raises `Breached`."""
        return [
            await self.forwarded_link(),
            await self.second_browser(),
            await self.replayed_state(),
            await self.outlived_sign_in("uninstalled"),
            await self.outlived_sign_in("disconnected"),
            await self.flood(),
            await self.slow_callbacks(),
        ]

    async def forwarded_link(self) -> str:
        """A victim who opens a stranger's link sees whose space it is, and goes nowhere without pressing the button."""
        async with self.partner() as attacker, self.partner() as victim, self.browser() as http:
            await self.sign_in(http, await victim.link(), user=await self.user("victim"))
            page = await http.get(await attacker.link())
            expect(
                page.status_code == 200 and "/oauth2/auth" not in page.text, "a link leads to Exact without a button"
            )
            expect(attacker.space in page.text, "the page does not name the Partner Space")
            expect("gave this name" in page.text, "the page vouches for the caller's name")
            expect("frame-ancestors 'none'" in page.headers["content-security-policy"], "the page can be framed")
            form = browser.values_of(page)
            forged = await http.post(page.url, data=form, headers={"Origin": "https://evil.example"})
            expect(forged.status_code == 400, "another site can press the button")
            expect(await attacker.state() == "missing", "a forwarded link connected its sender")
            expect(await victim.state() == "connected", "a forwarded link disconnected its reader")
        return "forwarded start link: shown, and nothing else"

    async def second_browser(self) -> str:
        """An attacker presses the button and sends the victim on to Exact: the callback knows another browser."""
        async with self.partner() as attacker, self.partner() as victim, self.browser() as his, self.browser() as hers:
            user = await self.user("victim")
            await self.sign_in(hers, await victim.link(), user=user)
            exact = (await browser.press(his, link := await attacker.link())).headers["location"]
            answer = await hers.get(await self.sandbox.exact.sign_in(exact, user=user))
            expect(answer.status_code == 400, "a second browser finished the sign-in")
            pressed = await browser.press(hers, link)
            expect(pressed.status_code == 400, "a second browser continued the sign-in")
            states = await attacker.state(), await victim.state()
            expect(states == ("missing", "connected"), f"a second browser changed connections to {states}")
        return "second browser: refused, and the victim's space stays connected"

    async def replayed_state(self) -> str:
        """A callback works once, also for the browser that used it."""
        async with self.partner() as partner, self.browser() as http:
            exact = (await browser.press(http, await partner.link())).headers["location"]
            backs = [await self.sandbox.exact.sign_in(exact, user=await self.user("one")) for _ in range(3)]
            at_once = await asyncio.gather(*(http.get(back) for back in backs))
            statuses = sorted(answer.status_code for answer in at_once)
            later = await http.get(backs[0])
            expect(statuses == [200, 400, 400], f"a state used three times at once answered {statuses}")
            expect(later.status_code == 400, f"a replayed state answered {later.status_code}")
        return "replayed state: used once, also at once"

    async def outlived_sign_in(self, how: str) -> str:
        """A sign-in begun before the end of an installation or a connection connects nothing after it."""
        path = {"uninstalled": "", "disconnected": "/connection"}[how]
        async with self.partner() as partner, self.browser() as http:
            await self.sign_in(http, await partner.link(), user=await self.user("before"))
            exact = (await browser.press(http, await partner.link())).headers["location"]
            back = await self.sandbox.exact.sign_in(exact, user=await self.user("after"))
            (await partner.http.delete(f"{partner.path}{path}", params={"confirm": True})).raise_for_status()
            await partner.install()
            answer = await http.get(back)
            expect(answer.status_code == 400, f"a sign-in begun before it was {how} finished after it")
            expect(await partner.state() == "missing", f"a sign-in begun before it was {how} connected")
        return f"sign-in begun before the space was {how}: connects nothing"

    async def flood(self) -> str:
        """Many sign-ins of one installation leave the newest only, or the caller is stopped."""
        async with self.partner() as partner, self.browser() as http:
            oldest = await partner.link()
            for _ in range(FLOOD):
                answer = await partner.http.post(f"{partner.path}/sign-in")
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    return "flood of sign-ins: the caller was stopped"
            expect((await http.get(oldest)).status_code == 400, f"{FLOOD} later sign-ins dropped none")
        return "flood of sign-ins: the oldest are dropped"

    async def slow_callbacks(self) -> str:
        """While Exact answers many callbacks slowly, messages and another partner's sign-in are answered promptly."""
        async with self.browser() as http:
            backs = [await self.callback(http) for _ in range(CALLBACKS)]
            ready = await self.callback(http)
            before = len(await self.sandbox.exact.get("/sandbox/faults/log"))
            await self.sandbox.exact.fault("slow_headers", endpoint="oauth2/token", times=CALLBACKS, seconds=SLOW)
            waiting = [asyncio.create_task(http.get(back)) for back in backs]
            try:
                seconds = await self.messages_until_asked(before + CALLBACKS)
                began = time.monotonic()
                other = await http.get(ready)
                took = time.monotonic() - began
                seconds.append(await self.message())
                expect(not any(task.done() for task in waiting), "the callbacks were not slow: nothing was tried")
                ended = [answer.status_code for answer in await asyncio.gather(*waiting)]
            finally:
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
        expect(other.status_code == 200 and took < PROMPT, f"another sign-in waited {took:.1f} s ({other.status_code})")
        expect(max(seconds) < PROMPT, f"a message waited {max(seconds):.1f} s for callbacks")
        expect(ended == [200] * CALLBACKS, f"slow callbacks ended with {ended}")
        return f"{CALLBACKS} slow callbacks: messages within {max(seconds):.2f} s, another sign-in in {took:.2f} s"

    async def messages_until_asked(self, callbacks: int) -> list[float]:
        """Post messages until Exact has been asked for all callbacks; return what each message took."""
        ends, seconds = time.monotonic() + SLOW, [await self.message()]
        while len(await self.sandbox.exact.get("/sandbox/faults/log")) < callbacks:
            expect(time.monotonic() < ends, "callbacks wait for one another instead of for Exact")
            seconds.append(await self.message())
        return seconds

    async def callback(self, http: httpx.AsyncClient) -> str:
        """Take a new partner through both pages; return the address that Exact sends the browser back to."""
        async with self.partner() as partner:
            exact = (await browser.press(http, await partner.link())).headers["location"]
        return await self.sandbox.exact.sign_in(exact, user=await self.user("slow"))

    async def sign_in(self, http: httpx.AsyncClient, link: str, *, user: str) -> None:
        exact = (await browser.press(http, link)).headers["location"]
        (await http.get(await self.sandbox.exact.sign_in(exact, user=user))).raise_for_status()

    async def message(self) -> float:
        """Post a signed message as Banqup does; return the seconds until it was accepted."""
        about = f'{{"spaceId": "{uuid4()}", "documentId": "{uuid4()}"}}'
        body = f'{{"id": "{uuid4()}", "category": "document", "type": "document.approved", "data": {about}}}'
        identity, now = f"msg_{uuid4().hex}", datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": identity,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.sandbox.webhook_secret).sign(identity, now, body),
        }
        began = time.monotonic()
        async with self.browser() as http:
            answer = await http.post("/webhooks/banqup/messages", content=body, headers=headers)
        expect(answer.status_code == 202, f"a message was answered {answer.status_code} during slow callbacks")
        return time.monotonic() - began

    async def user(self, name: str) -> str:
        """Add a user of Exact with a company; return its id."""
        user = {"id": f"{name}-{uuid4().hex[:8]}", "name": name, "companies": [100001]}
        await self.sandbox.exact.post("/sandbox/users", user)
        return str(user["id"])

    @asynccontextmanager
    async def partner(self) -> AsyncIterator[Partner]:
        """A new caller with a new Partner Space, installed."""
        space = str(uuid4())
        token = await self.sandbox.banqup.token(subject=f"partner-{space}", partner_spaces=[space])
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=TIMEOUT) as http:
            partner = Partner(http, space)
            await partner.install()
            yield partner

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        """A browser with no cookies yet, which opens as many pages at once as it is told to."""
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=self.url, timeout=TIMEOUT, limits=limits) as http:
            yield http


async def attack(url: str, sandbox: Sandbox) -> Sequence[str]:
    """Attack the sign-in of the service at `url`; return what held. Raises `Breached` if something did not."""
    return await Links(url, sandbox).run()
