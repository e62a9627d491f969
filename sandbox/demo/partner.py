"""A partner: a caller of the public REST API with a bearer token."""

import hashlib
from dataclasses import dataclass
from typing import Any

import httpx


class Refused(Exception):
    """The product refused a call; `problem` is its response."""

    def __init__(self, answer: httpx.Response) -> None:
        is_json = "json" in answer.headers.get("content-type", "")
        self.status = answer.status_code
        self.problem: dict[str, Any] = answer.json() if is_json else {"detail": answer.text}
        super().__init__(f"{answer.request.method} {answer.request.url.path}: {self.status} {self.problem}")


@dataclass(frozen=True)
class Partner:
    """The product as one Partner Space sees it."""

    http: httpx.AsyncClient
    space: str

    async def extension(self) -> dict[str, Any]:
        return dict(await self._call("GET", "/v1/extension"))

    async def install(self, *, country: str, permissions: list[str]) -> dict[str, Any]:
        """Install the extension with these permissions."""
        body = {"partner_space_id": self.space, "country": country, "permissions": permissions}
        return dict(await self._call("POST", "/v1/installations", body))

    async def begin_sign_in(self) -> str:
        """Return the URL at which a browser signs in with Exact Online."""
        return str((await self._own("POST", "/sign-in"))["authorization_url"])

    async def connection(self) -> dict[str, Any]:
        return dict(await self._own("GET", "/connection"))

    async def companies(self) -> list[dict[str, Any]]:
        return list((await self._own("GET", "/companies"))["companies"])

    async def activate(self, business_space: str, *, company_code: str, vat_number: str | None) -> dict[str, Any]:
        """Activate a client for the company with this Company Code."""
        body = {"company_code": company_code, "vat_number": vat_number}
        return dict(await self._own("PUT", f"/clients/{business_space}", body))

    async def exports(self) -> list[dict[str, Any]]:
        """Return all exports, oldest first."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = await self._own("GET", f"/exports?limit=100{after}")
            found += page["exports"]
            if not page["next"]:
                return found[::-1]
            after = f"&after={page['next']}"

    async def export(self, export_id: str) -> dict[str, Any]:
        return dict(await self._own("GET", f"/exports/{export_id}"))

    async def ubl(self, export_id: str) -> bytes:
        """Return the UBL as exported."""
        answer = await self.http.get(f"/v1/installations/{self.space}/exports/{export_id}/ubl")
        if answer.is_error:
            raise Refused(answer)
        return answer.content

    async def _own(self, method: str, path: str, body: Any = None) -> Any:
        return await self._call(method, f"/v1/installations/{self.space}{path}", body)

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.http.request(method, path, json=body)
        if answer.is_error:
            raise Refused(answer)
        return answer.json()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
