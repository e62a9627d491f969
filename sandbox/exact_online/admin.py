"""The admin API of the Exact sandbox: users, companies, tokens, calls, settings and reset."""

from collections import Counter
from dataclasses import asdict, fields
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import Field, NaiveDatetime

from sandbox.exact_online import seed
from sandbox.exact_online.core import ExactOnline
from sandbox.exact_online.entities import DOCUMENTS
from sandbox.exact_online.state import RIGHTS, SCOPES, App, Company, Recipient, Settings, User
from sandbox.exact_online.tokens import Chain
from sandbox.faults.admin import Strict


class NewUser(Strict):
    id: str
    name: str
    companies: list[int] = Field(default_factory=list)
    rights: list[str] = Field(default_factory=lambda: sorted(RIGHTS))
    language: str = "nl-BE"
    current: int | None = None


class UserChange(Strict):
    name: str | None = None
    companies: list[int] | None = None
    rights: list[str] | None = None
    language: str | None = None
    current: int | None = None


class NewCompany(Strict):
    code: int
    hid: int
    name: str
    customer: str = "Sandbox"
    vat_number: str | None = None
    enterprise_number: str | None = None
    country: str = "BE"
    status: int = 1
    blocking_status: int = 0
    main: bool = False
    modules: list[str] = Field(default_factory=lambda: ["mailbox"])


class CompanyChange(Strict):
    hid: int | None = None
    name: str | None = None
    customer: str | None = None
    vat_number: str | None = None
    enterprise_number: str | None = None
    status: int | None = None
    blocking_status: int | None = None
    moved: bool | None = None
    modules: list[str] | None = None
    mailbox_for_all: bool | None = None
    mailbox_valid_to: NaiveDatetime | None = None


class OtherDocuments(Strict):
    """Documents that others made in a company."""

    count: int = Field(ge=1, le=100_000)
    type: int = 20


class AppSetting(Strict):
    secret: str
    redirect_uris: list[str] = Field(default_factory=list)
    scopes: list[str] = Field(default_factory=lambda: sorted(SCOPES))


class RecipientSetting(Strict):
    """How recipients treat mail messages, for one company or for all."""

    company: int | None = None
    outcome: list[int] = Field(default=[20, 42, 50], min_length=1)
    step_seconds: float = 5.0


def admin_routes(exact: ExactOnline) -> APIRouter:
    """Return the routes of `/sandbox` that change or count something."""
    routes = APIRouter(prefix="/sandbox", tags=["Exact"])
    _world_routes(routes, exact)
    _people_routes(routes, exact)
    _company_routes(routes, exact)
    _token_routes(routes, exact)
    _count_routes(routes, exact)
    return routes


def _world_routes(routes: APIRouter, exact: ExactOnline) -> None:
    @routes.post("/reset")
    async def reset() -> dict[str, bool]:
        exact.reset()
        return {"reset": True}

    @routes.get("/settings")
    async def settings() -> dict[str, Any]:
        return asdict(exact.world.settings)

    @routes.patch("/settings")
    async def change_settings(body: dict[str, Any]) -> dict[str, Any]:
        known = {item.name for item in fields(Settings)}
        if unknown := set(body) - known:
            raise HTTPException(422, f"unknown settings: {', '.join(sorted(unknown))}")
        for name, value in body.items():
            setattr(exact.world.settings, name, value)
        return asdict(exact.world.settings)

    @routes.put("/apps/{client_id}")
    async def put_app(client_id: str, body: AppSetting) -> dict[str, Any]:
        app = App(client_id, body.secret, tuple(body.redirect_uris), frozenset(body.scopes))
        exact.world.apps[client_id] = app
        return {"client_id": client_id, "redirect_uris": app.redirect_uris, "scopes": sorted(app.scopes)}

    @routes.put("/recipient")
    async def put_recipient(body: RecipientSetting) -> dict[str, Any]:
        recipient = Recipient(tuple(body.outcome), body.step_seconds)
        if body.company is None:
            exact.world.recipient = recipient
        else:
            exact.world.recipients[body.company] = recipient
        return asdict(recipient)


def _people_routes(routes: APIRouter, exact: ExactOnline) -> None:
    @routes.get("/users")
    async def users() -> list[dict[str, Any]]:
        return [_user_as_json(user) for user in exact.world.users.values()]

    @routes.post("/users", status_code=201)
    async def add_user(body: NewUser) -> dict[str, Any]:
        return _user_as_json(seed.add_user(exact.world, **body.model_dump() | {"rights": frozenset(body.rights)}))

    @routes.patch("/users/{user_id}")
    async def change_user(user_id: str, body: UserChange) -> dict[str, Any]:
        user = exact.world.users.get(user_id)
        if user is None:
            raise HTTPException(404, "no such user")
        changes = body.model_dump(exclude_unset=True)
        if "rights" in changes:
            changes["rights"] = frozenset(changes["rights"])
        for name, value in changes.items():
            setattr(user, name, value)
        return _user_as_json(user)


def _company_routes(routes: APIRouter, exact: ExactOnline) -> None:
    @routes.get("/companies")
    async def companies() -> list[dict[str, Any]]:
        return [_company_as_json(company) for company in exact.world.companies.values()]

    @routes.post("/companies", status_code=201)
    async def add_company(body: NewCompany) -> dict[str, Any]:
        company_fields = body.model_dump(exclude={"vat_number", "enterprise_number"})
        company_fields["modules"] = frozenset(body.modules)
        if body.enterprise_number is not None:
            company_fields["enterprise_number"] = body.enterprise_number
        return _company_as_json(seed.add_company(exact.world, vat=body.vat_number, **company_fields))

    @routes.patch("/companies/{code}")
    async def change_company(code: int, body: CompanyChange) -> dict[str, Any]:
        company = exact.world.companies.get(code)
        if company is None:
            raise HTTPException(404, "no such company")
        changes = body.model_dump(exclude_unset=True)
        if "modules" in changes:
            changes["modules"] = frozenset(changes["modules"])
        for name, value in changes.items():
            setattr(company, name, value)
        return _company_as_json(company)

    @routes.post("/companies/{code}/documents", status_code=201)
    async def add_documents(code: int, body: OtherDocuments) -> dict[str, int]:
        company = exact.world.companies.get(code)
        if company is None:
            raise HTTPException(404, "no such company")
        seed.add_documents(exact.world, company, count=body.count, document_type=body.type)
        return {"documents": len(exact.world.table(code, DOCUMENTS.path))}


def _token_routes(routes: APIRouter, exact: ExactOnline) -> None:
    def chain(chain_id: str) -> Chain:
        for one in exact.tokens.chains:
            if one.id == chain_id:
                return one
        raise HTTPException(404, "no such chain")

    @routes.get("/chains")
    async def chains() -> list[dict[str, Any]]:
        return [_chain_as_json(one) for one in exact.tokens.chains]

    @routes.post("/chains/{chain_id}/kill")
    async def kill(chain_id: str) -> dict[str, Any]:
        chain(chain_id).alive = False
        return _chain_as_json(chain(chain_id))

    @routes.post("/chains/{chain_id}/expire")
    async def expire(chain_id: str) -> dict[str, Any]:
        chain(chain_id).expired = True
        return _chain_as_json(chain(chain_id))


def _count_routes(routes: APIRouter, exact: ExactOnline) -> None:
    @routes.get("/calls")
    async def calls() -> dict[str, Any]:
        return counted(exact)

    @routes.delete("/calls")
    async def forget_calls() -> dict[str, bool]:
        exact.world.forget_calls()
        exact.limits.hits.clear()
        return {"forgotten": True}

    @routes.get("/calls/recent")
    async def recent() -> list[dict[str, Any]]:
        names = ("at", "method", "endpoint", "company", "status")
        return [dict(zip(names, call, strict=True)) for call in exact.world.recent]

    @routes.get("/violations")
    async def violations() -> dict[str, Any]:
        return {"count": len(exact.world.violations), "violations": exact.world.violations}

    @routes.delete("/violations")
    async def forget_violations() -> dict[str, bool]:
        exact.world.violations.clear()
        return {"forgotten": True}


def counted(exact: ExactOnline) -> dict[str, Any]:
    """Return call counts by endpoint and status, and the limits hit."""
    by_endpoint: Counter[str] = Counter()
    by_status: Counter[str] = Counter()
    for (endpoint, status), count in exact.world.calls.items():
        by_endpoint[endpoint] += count
        by_status[str(status)] += count
    return {
        "total": by_endpoint.total(),
        "by_endpoint": dict(by_endpoint),
        "by_status": dict(by_status),
        "limited": dict(exact.limits.hits),
        "error_blocks": dict(exact.limits.blocks),
        "violations": len(exact.world.violations),
    }


def _user_as_json(user: User) -> dict[str, Any]:
    shown = {name: getattr(user, name) for name in ("id", "name", "user_id", "companies", "language", "current")}
    return shown | {"rights": sorted(user.rights)}


def _company_as_json(company: Company) -> dict[str, Any]:
    names = (
        "code",
        "hid",
        "name",
        "customer",
        "vat_number",
        "enterprise_number",
        "country",
        "status",
        "blocking_status",
        "moved",
        "main",
        "mailbox_id",
        "mailbox_for_all",
        "mailbox_valid_to",
    )
    return {name: getattr(company, name) for name in names} | {"modules": sorted(company.modules)}


def _chain_as_json(chain: Chain) -> dict[str, Any]:
    return {
        "id": chain.id,
        "client_id": chain.client_id,
        "user": chain.user,
        "alive": chain.alive,
        "expired": chain.expired,
        "refreshes": chain.refreshes,
        "last_answer": chain.answered,
    }
