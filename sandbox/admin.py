"""Clients of the admin APIs, for tests, the demo, benchmarks and partners."""

import base64
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from json import dumps
from typing import Any, Self

import httpx

_JSON = {"Content-Type": "application/json"}  # with escapes: httpx itself cannot send a lone surrogate


class SandboxError(RuntimeError):
    """The sandbox did not start, or its admin API refused a request."""


class Admin:
    """An asynchronous client of one server's admin API."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._kept: httpx.AsyncClient | None = None

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Self]:
        """Keep one connection for many calls: `async with sandbox.banqup.connected() as banqup`."""
        async with self._client() as self._kept:
            yield self
        self._kept = None

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(verify=False)  # plain http on loopback
        return httpx.AsyncClient(base_url=self.base_url, transport=transport, timeout=30)

    async def request(self, method: str, path: str, json: Any = None, **params: Any) -> httpx.Response:
        """Send a request; raise `SandboxError` unless it succeeds."""
        asked = {name: value for name, value in params.items() if value is not None}
        body: dict[str, Any] = {} if json is None else {"content": dumps(json), "headers": _JSON}
        if self._kept is not None:
            answer = await self._kept.request(method, path, params=asked, **body)
        else:
            async with self._client() as client:
                answer = await client.request(method, path, params=asked, **body)
        if answer.is_error:
            raise SandboxError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    async def get(self, path: str, **params: Any) -> Any:
        return (await self.request("GET", path, **params)).json()

    async def post(self, path: str, json: Any = None, **params: Any) -> Any:
        return (await self.request("POST", path, json=json, **params)).json()

    async def put(self, path: str, json: Any = None) -> Any:
        return (await self.request("PUT", path, json=json)).json()

    async def patch(self, path: str, json: Any = None, **params: Any) -> Any:
        return (await self.request("PATCH", path, json=json, **params)).json()

    async def delete(self, path: str) -> Any:
        return (await self.request("DELETE", path)).json()

    async def reset(self) -> None:
        """Reset the server to its seed."""
        await self.post("/sandbox/reset")

    async def advance(self, seconds: float) -> None:
        """Move this server's clock forward."""
        await self.post("/sandbox/clock/advance", {"seconds": seconds})

    async def fault(
        self,
        kind: str,
        *,
        endpoint: str = "*",
        method: str | None = None,
        company: int | str | None = None,
        times: int | None = None,
        skip: int = 0,
        chance: float | None = None,
        **params: Any,
    ) -> dict[str, Any]:
        """Add a fault rule for every matching call, or with `times=1` for the next one."""
        rule: dict[str, Any] = {"kind": kind, "endpoint": endpoint, "method": method, "company": company}
        rule |= {"times": times, "skip": skip, "chance": chance, "params": params}
        added: dict[str, Any] = await self.post("/sandbox/faults", rule)
        return added

    async def clear_faults(self) -> None:
        await self.delete("/sandbox/faults")


class ExactAdmin(Admin):
    """The admin API of the sandboxed Exact Online."""

    async def sign_in(self, authorization_url: str, *, user: str = "anna", decision: str = "allow") -> str:
        """Press Allow or Deny on Exact's page, and return the callback URL of the redirect without opening it."""
        async with self._client() as client:
            answer = await client.post(authorization_url, data={"user": user, "decision": decision})
        if answer.status_code != 302:
            raise SandboxError(f"sign-in: {answer.status_code} {answer.text}")
        return answer.headers["location"]

    async def arrived(self, company: int | None = None) -> list[dict[str, Any]]:
        """Return documents with their attachments, company by company."""
        documents: list[dict[str, Any]] = await self.get("/sandbox/arrived", company=company)
        return documents

    async def mail(self, company: int | None = None) -> list[dict[str, Any]]:
        """Return the messages sent to the digital postbox."""
        messages: list[dict[str, Any]] = await self.get("/sandbox/mail", company=company)
        return messages

    async def attachment(self, attachment_id: str) -> bytes:
        return (await self.request("GET", f"/sandbox/attachments/{attachment_id}")).content

    async def settings(self, **changes: Any) -> dict[str, Any]:
        """Change settings, and return all of them."""
        shown: dict[str, Any] = await self.patch("/sandbox/settings", changes)
        return shown

    async def calls(self) -> dict[str, Any]:
        """Return call counts by endpoint and status, limits hit, and violations."""
        counts: dict[str, Any] = await self.get("/sandbox/calls")
        return counts


class BanqupAdmin(Admin):
    """The admin API of the sandboxed Banqup."""

    async def token(
        self,
        *,
        subject: str = "tester",
        partner_spaces: Sequence[str] = (),
        scope: str = "exact-online:read exact-online:manage",
        **more: Any,
    ) -> str:
        """Return a bearer token for the REST API of the service under test."""
        asked = {"subject": subject, "partner_spaces": list(partner_spaces), "scope": scope} | more
        return str((await self.post("/sandbox/issuer/token", asked))["access_token"])

    async def space(self, *, partner_space_id: str, name: str, **more: Any) -> dict[str, Any]:
        """Add a Business Space; `id`, `vat_number`, `enterprise_number` and `granted` are optional."""
        space: dict[str, Any] = await self.post(
            "/sandbox/spaces", {"partner_space_id": partner_space_id, "name": name} | more
        )
        return space

    async def document(
        self,
        space_id: str,
        document: Mapping[str, Any],
        *,
        files: Sequence[Mapping[str, Any]] = (),
        created_at: str | None = None,
    ) -> dict[str, Any]:
        """Add a document; a file is {role, filename, content_type, content: bytes}."""
        encoded = [
            {name: value for name, value in file.items() if name != "content"}
            | {"content_base64": base64.b64encode(file["content"]).decode()}
            for file in files
        ]
        body = {"document": dict(document), "files": encoded, "created_at": created_at}
        stored: dict[str, Any] = await self.post(f"/sandbox/spaces/{space_id}/documents", body)
        return stored

    async def approve(self, space_id: str, document_id: str, **announcement: Any) -> dict[str, Any]:
        return await self._step("approve", space_id, document_id, announcement)

    async def send(self, space_id: str, document_id: str, **announcement: Any) -> dict[str, Any]:
        return await self._step("send", space_id, document_id, announcement)

    async def resend(self, space_id: str, document_id: str, **announcement: Any) -> dict[str, Any]:
        """Send the document to integrations again, under a new message ID."""
        return await self._step("resend", space_id, document_id, announcement)

    async def _step(self, step: str, space_id: str, document_id: str, announcement: dict[str, Any]) -> dict[str, Any]:
        path = f"/sandbox/spaces/{space_id}/documents/{document_id}/{step}"
        delivery: dict[str, Any] = await self.post(path, announcement or None)
        return delivery

    async def redeliver(self, message_id: str) -> dict[str, Any]:
        """Deliver the message again under the same ID."""
        delivery: dict[str, Any] = await self.post(f"/sandbox/messages/{message_id}/redeliver")
        return delivery

    async def listen(self, url: str | None = None, **more: Any) -> dict[str, Any]:
        """Register the listener's base URL; ListenerSetting lists the other options."""
        listener: dict[str, Any] = await self.put("/sandbox/listener", ({"url": url} if url else {}) | more)
        return listener

    async def deliveries(self, state: str | None = None) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = await self.get("/sandbox/deliveries", state=state)
        return shown
