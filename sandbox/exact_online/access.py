"""Who a call comes from, and whether Exact lets them: token, company, scope, right, module."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Scope

from sandbox.exact_online.addresses import Target
from sandbox.exact_online.entities import ENTITY_SETS, ME, EntitySet
from sandbox.exact_online.errors import ExactError, forbidden, not_found, unauthorized
from sandbox.exact_online.state import App, Company, User, World
from sandbox.exact_online.tokens import Access, TokenStore
from sandbox.faults.gate import asked

_STATES = ("company_archived", "company_blocked", "company_moved")


@dataclass(slots=True)
class Visit:
    """One authenticated call."""

    app: App
    user: User
    access: Access
    target: Target
    _company: Company | None = None
    _entity: EntitySet | None = None

    @property
    def company(self) -> Company:
        if self._company is None:
            raise not_found()
        return self._company

    @property
    def entity(self) -> EntitySet:
        if self._entity is None:
            raise not_found()
        return self._entity


class Gatekeeper:
    """Recognises callers and admits or refuses them."""

    def __init__(self, world: World, tokens: TokenStore) -> None:
        self.world, self.tokens = world, tokens

    def recognise(self, request: Request, target: Target) -> Visit:
        """Raises ExactError 401 when the token is not one of ours."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        access = self.tokens.access(token) if kind.lower() == "bearer" else None
        app = self.world.apps.get(access.chain.client_id) if access else None
        user = self.world.users.get(access.chain.user) if access else None
        if access is None or app is None or user is None:
            raise unauthorized()
        return Visit(app, user, access, target)

    def admit(self, request: Request, visit: Visit) -> None:
        """Find resource and company; raises ExactError 401, 403 or 404."""
        if not self.tokens.is_good(visit.access) or asked(request.scope, "unauthorized_401") is not None:
            raise unauthorized()
        if asked(request.scope, "not_found_404") is not None:
            raise not_found()
        if visit.target.division == "current":
            if visit.target.path.lower() != "me":
                raise not_found()
            visit._entity = ME
            return
        visit._company = self._company(request.scope, visit)
        visit._entity = self._entity(request, visit)

    def _company(self, scope: Scope, visit: Visit) -> Company:
        code = visit.target.division
        company = self.world.companies.get(int(code)) if code.isdigit() else None
        if company is None:
            raise not_found("Division not found.")
        self._make_trouble(scope, company, visit.user)
        trouble = self._trouble(company)
        if company.moved or trouble == "company_moved":
            raise not_found("Division not found.")
        lost = visit.user.lost.get(company.code)
        if company.code not in visit.user.companies or (lost and self.world.clock.now() < lost):
            raise forbidden("company")
        if trouble or company.status != 1 or company.blocking_status:
            raise forbidden("company")
        return company

    def _make_trouble(self, scope: Scope, company: Company, user: User) -> None:
        """Faults that change what stands in Exact for a while."""
        for kind in _STATES:
            fault = asked(scope, kind)
            if fault is not None:
                company.trouble = (kind, self.world.clock.in_(fault["seconds"]))
        lost = asked(scope, "right_lost")
        if lost is not None:
            user.lost[company.code] = self.world.clock.in_(lost["seconds"])

    def _trouble(self, company: Company) -> str | None:
        if company.trouble is None or self.world.clock.now() >= company.trouble[1]:
            return None
        return company.trouble[0]

    def _entity(self, request: Request, visit: Visit) -> EntitySet:
        entity = ENTITY_SETS.get(visit.target.path.lower())
        if entity is None:
            raise not_found()
        refused = self._refusal(entity, visit, verb="read" if request.method == "GET" else "manage")
        if refused is not None:
            raise refused
        fault = asked(request.scope, "forbidden_403")
        if fault is not None:
            raise forbidden(fault["reason"], scope=entity.scope)
        return entity

    @staticmethod
    def _refusal(entity: EntitySet, visit: Visit, *, verb: str) -> ExactError | None:
        if entity.scope and entity.scope not in visit.app.scopes:
            return forbidden("scope", scope=entity.scope, verb=verb)
        if entity.right and entity.right not in visit.user.rights:
            return forbidden("right")
        if entity.module and entity.module not in visit.company.modules:
            return forbidden("module")
        return None
