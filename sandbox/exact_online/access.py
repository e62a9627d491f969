"""Authentication and authorisation of a call: token, company, scope, right, module."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Scope

from sandbox.exact_online.addresses import Target
from sandbox.exact_online.entities import ENTITY_SETS, ME, EntitySet
from sandbox.exact_online.errors import ExactError, forbidden, not_found, unauthorized
from sandbox.exact_online.state import App, Company, User, World
from sandbox.exact_online.tokens import Access, TokenStore
from sandbox.faults.gate import injected

_STATES = ("company_archived", "company_blocked", "company_moved")


@dataclass(slots=True)
class Call:
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


class AccessControl:
    """Authenticates and authorises calls."""

    def __init__(self, world: World, tokens: TokenStore) -> None:
        self.world, self.tokens = world, tokens

    def authenticate(self, request: Request, target: Target) -> Call:
        """Return the call; raise `ExactError` 401 if the token is unknown."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        access = self.tokens.access(token) if kind.lower() == "bearer" else None
        app = self.world.apps.get(access.chain.client_id) if access else None
        user = self.world.users.get(access.chain.user) if access else None
        if access is None or app is None or user is None:
            raise unauthorized()
        return Call(app, user, access, target)

    def authorise(self, request: Request, call: Call) -> None:
        """Resolve resource and company; raise `ExactError` 401, 403 or 404 if the user may not call them."""
        if not self.tokens.is_good(call.access) or injected(request.scope, "unauthorized_401") is not None:
            raise unauthorized()
        if injected(request.scope, "not_found_404") is not None:
            raise not_found()
        if call.target.division == "current":
            if call.target.path.lower() != "me":
                raise not_found()
            call._entity = ME
            return
        call._company = self._company(request.scope, call)
        call._entity = self._entity(request, call)

    def _company(self, scope: Scope, call: Call) -> Company:
        code = call.target.division
        company = self.world.companies.get(int(code)) if code.isdigit() else None
        if company is None:
            raise not_found("Division not found.")
        self._apply_faults(scope, company, call.user)
        state = self._injected_state(company)
        if company.moved or state == "company_moved":
            raise not_found("Division not found.")
        lost = call.user.lost.get(company.code)
        if company.code not in call.user.companies or (lost and self.world.clock.now() < lost):
            raise forbidden("company")
        if state or company.status != 1 or company.blocking_status:
            raise forbidden("company")
        return company

    def _apply_faults(self, scope: Scope, company: Company, user: User) -> None:
        """Apply faults that change the company or the user's rights for a while."""
        for kind in _STATES:
            fault = injected(scope, kind)
            if fault is not None:
                company.injected_state = (kind, self.world.clock.in_(fault["seconds"]))
        lost = injected(scope, "right_lost")
        if lost is not None:
            user.lost[company.code] = self.world.clock.in_(lost["seconds"])

    def _injected_state(self, company: Company) -> str | None:
        if company.injected_state is None or self.world.clock.now() >= company.injected_state[1]:
            return None
        return company.injected_state[0]

    def _entity(self, request: Request, call: Call) -> EntitySet:
        entity = ENTITY_SETS.get(call.target.path.lower())
        if entity is None:
            raise not_found()
        refused = self._refusal(entity, call, verb="read" if request.method == "GET" else "manage")
        if refused is not None:
            raise refused
        fault = injected(request.scope, "forbidden_403")
        if fault is not None:
            raise forbidden(fault["reason"], scope=entity.scope)
        return entity

    @staticmethod
    def _refusal(entity: EntitySet, call: Call, *, verb: str) -> ExactError | None:
        if entity.scope and entity.scope not in call.app.scopes:
            return forbidden("scope", scope=entity.scope, verb=verb)
        if entity.right and entity.right not in call.user.rights:
            return forbidden("right")
        if entity.module and entity.module not in call.company.modules:
            return forbidden("module")
        return None
