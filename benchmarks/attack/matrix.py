"""Every route as every caller who has no right to it: the routes come from openapi.yaml."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml

from app.onboarding import PERMISSIONS
from benchmarks.attack.bystander import Bystander
from benchmarks.attack.outcome import expect
from sandbox.demo.partner import Partner
from sandbox.running import Sandbox

DESCRIPTION = Path(__file__).parents[2] / "openapi.yaml"
READ = "exact-online:read"
REFUSED = {401, 403, 404, 409}
LONGEST_PAUSE = 60.0  # seconds that a caller who was too quick waits


@dataclass(frozen=True)
class Route:
    """An operation that needs a bearer token."""

    method: str
    path: str
    scope: str
    body: Any
    confirms: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, ids: dict[str, str]) -> str:
        return self.path.format(**ids)

    def body_for(self, space: str) -> Any:
        """Return the body of the description's example, made out to a Partner Space."""
        if isinstance(self.body, dict) and "partner_space_id" in self.body:
            return self.body | {"partner_space_id": space}
        return self.body


def routes() -> list[Route]:
    """Return every operation of openapi.yaml that needs a bearer token, with an example of its body."""
    document: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    return [
        Route(method.upper(), path, scopes[0], _example(document, operation), _confirms(operation))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for scopes in _scopes(operation)
    ]


def _scopes(operation: dict[str, Any]) -> Iterator[list[str]]:
    for requirement in operation["security"]:
        if "bearer" in requirement:
            yield requirement["bearer"]


def _confirms(operation: dict[str, Any]) -> bool:
    return any(parameter.get("name") == "confirm" for parameter in operation.get("parameters", []))


def _example(document: dict[str, Any], operation: dict[str, Any]) -> Any:
    """Return the first example of the body's schema; None if the operation takes no body."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = content["schema"]
    while "$ref" in schema or "anyOf" in schema:
        schema = schema["anyOf"][0] if "anyOf" in schema else _referred(document, schema["$ref"])
    return schema["examples"][0] if "examples" in schema else {}


def _referred(document: dict[str, Any], reference: str) -> dict[str, Any]:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


@dataclass(frozen=True)
class Matrix:
    """The callers that try each route: nobody, a stranger, a neighbour with the owner's ids, a reader."""

    url: str
    sandbox: Sandbox
    owner: Bystander

    async def run(self) -> list[str]:
        """Try every route as every caller; return what held. Raises `Breached`."""
        export = await self.owner.export()
        owners = {
            "partner_space_id": self.owner.partner.space,
            "business_space_id": str(self.owner.client),
            "export_id": str(export["id"]),
        }
        found, before = routes(), await self._state()
        expect(len(found) > 15, f"openapi.yaml has {len(found)} routes with a bearer token: nothing was tried")
        await self._try("a caller without a token", found, owners, token=None)
        async with self._partner() as stranger:
            token = str(stranger.http.headers["Authorization"])
            await self._try("another partner", found, owners, token=token)
            neighbours = owners | {"partner_space_id": stranger.space}
            with_ids = [route for route in found if "business_space_id" in route.path or "export_id" in route.path]
            await self._try("another partner in its own space", with_ids, neighbours, token=token)
        reader = await self.sandbox.banqup.token(partner_spaces=[self.owner.partner.space], scope=READ)
        changes = [route for route in found if route.scope != READ]
        await self._try("a caller who may only read", changes, owners, token=f"Bearer {reader}")
        expect(await self._state() == before, "a refused call changed the owner's installation")
        return [f"{len(found)} routes × 4 callers: refused, and nothing changed"]

    async def _try(self, who: str, found: Sequence[Route], ids: dict[str, str], *, token: str | None) -> None:
        headers = {"Authorization": token} if token else {}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as http:
            for route in found:
                answer = await _called(http, route, ids)
                expect(answer.status_code in REFUSED, f"{who}: {route.name} was answered {answer.status_code}")
                expect("Bystander" not in answer.text, f"{who}: {route.name} names the owner's company")

    async def _state(self) -> list[Any]:
        """Return what only a change by somebody can change."""
        own = self.owner.partner
        client = f"/clients/{self.owner.client}"
        answers = [
            await own.http.get(f"/v1/installations/{own.space}{path}")
            for path in ("", "/connection", client, "/notifications")
        ]
        return [(answer.status_code, _standing(answer.json())) for answer in answers]

    @asynccontextmanager
    async def _partner(self) -> AsyncIterator[Partner]:
        """Another partner, installed."""
        space = str(uuid4())
        token = await self.sandbox.banqup.token(subject=f"partner-{space}", partner_spaces=[space])
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as http:
            partner = Partner(http, space)
            await partner.install(country="be", permissions=list(PERMISSIONS))
            yield partner


async def _called(http: httpx.AsyncClient, route: Route, ids: dict[str, str]) -> httpx.Response:
    """Call a route; wait as it says if there were too many calls."""
    params = {"confirm": "true"} if route.confirms else {}
    body = route.body_for(ids["partner_space_id"])
    answer = await http.request(route.method, route.at(ids), params=params, json=body)
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        await asyncio.sleep(min(float(answer.headers["Retry-After"]), LONGEST_PAUSE))
        answer = await http.request(route.method, route.at(ids), params=params, json=body)
    return answer


def _standing(body: Any) -> Any:
    """Return a body without what documents change as they flow."""
    moving = {"exports", "counts", "waiting", "last_export", "last_export_at", "calls", "instance", "request_id"}
    return {name: value for name, value in body.items() if name not in moving} if isinstance(body, dict) else body


async def attack(url: str, sandbox: Sandbox, owner: Bystander) -> Sequence[str]:
    """Try every route of the service at `url` as callers without a right to it. Raises `Breached`."""
    return await Matrix(url, sandbox, owner).run()
