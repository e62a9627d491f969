"""Authentication and authorization of REST callers: a bearer JWT with scopes and Partner Spaces."""

import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Request, Response, Security
from fastapi.security import HTTPBearer, SecurityScopes

from app import audit, signed_tokens
from app.api import rate_limits
from app.api.services import Services
from app.api.strict_routes import StrictRoute
from app.audit import Actor
from app.errors import Problem
from app.reasons import FORBIDDEN, NOT_FOUND, UNAUTHENTICATED
from app.signed_tokens import GENERAL_TYPES, BadToken, Rules

READ, MANAGE = "exact-online:read", "exact-online:manage"
LEEWAY = timedelta(minutes=1)
# A token that is valid for longer cannot be withdrawn in any useful time.
LONGEST = timedelta(days=366)

_scheme = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="JWT",
    description=(
        "A JWT from the trusted issuer. The claim `scope` contains `exact-online:read`, `exact-online:manage` or both; "
        "the claim `partner_spaces` (a setting can rename it) lists the Partner Spaces the caller may access."
    ),
    auto_error=False,
)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """An authenticated caller."""

    subject: str
    app: str | None  # the OAuth client that the token was issued to
    spaces: frozenset[UUID]
    clients: frozenset[UUID] | None  # None: the tokens name no clients
    scopes: frozenset[str]

    @property
    def key(self) -> str:
        """Return a name of bounded length for this person in this app."""
        return hashlib.sha256(f"{self.app or ''}\0{self.subject}".encode(errors="replace")).hexdigest()

    def expect_space(self, partner_space_id: UUID) -> UUID:
        """Return the space; raise `Problem` (404) if the caller has no access to it."""
        if partner_space_id not in self.spaces:
            raise Problem(NOT_FOUND.because("The extension is not installed in this Partner Space."))
        return partner_space_id

    def expect_client(self, business_space_id: UUID) -> UUID:
        """Return the client; raise `Problem` (404) if the token names clients and this one is not among them."""
        if self.clients is not None and business_space_id not in self.clients:
            raise Problem(NOT_FOUND.because("This client is not assigned to you."))
        return business_space_id


class AuthenticatedRoute(StrictRoute):
    """A route that authenticates the caller before it reads the request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            services: Services = request.app.state.services
            caller = await authenticate(services, request.headers.get("authorization"))
            request.state.caller, request.scope["caller"] = caller, caller.subject
            policies = rate_limits.policies(services.settings, operation=self.name)
            headers = await rate_limits.limit(services.quotas, caller.key, policies)
            request.scope["response_headers"].update(headers)
            with audit.acting_as(Actor(kind="caller", name=caller.subject, client=caller.app)):
                return await handle(request)

        return guarded


async def authenticate(services: Services, authorization: str | None) -> Caller:
    """Return the caller behind an Authorization header; raise `Problem` (401) if it is not valid."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _refused("The request has no bearer token.")
    claims, clients_claim = await _claims(services, token.strip()), services.settings.api_clients_claim
    return Caller(
        subject=str(claims.get("sub", "")),
        app=_text(claims.get("client_id")) or _text(claims.get("azp")),
        spaces=_spaces(claims.get(services.settings.api_spaces_claim)),
        clients=_spaces(claims.get(clients_claim)) if clients_claim else None,
        scopes=frozenset(_strings(claims.get("scope"))),
    )


async def _claims(services: Services, token: str) -> dict[str, Any]:
    settings = services.settings
    keys = await services.caller_keys.keys_for(token)
    rules = Rules(
        issuer=settings.api_issuer,
        audience=settings.api_audience,
        types=GENERAL_TYPES | {None},
        leeway=LEEWAY,
        longest=LONGEST,
    )
    try:
        return signed_tokens.opened(token, keys, rules, now=services.clock.now())
    except BadToken:
        raise _refused("The bearer token is invalid, expired or intended for another service.") from None


def _text(claim: Any) -> str | None:
    return claim if isinstance(claim, str) and claim else None


def _refused(sentence: str) -> Problem:
    return Problem(UNAUTHENTICATED.because(sentence), headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _spaces(claim: Any) -> frozenset[UUID]:
    spaces = set()
    for word in _strings(claim):
        try:
            spaces.add(UUID(word))
        except ValueError:
            continue
    return frozenset(spaces)


def _strings(claim: Any) -> list[str]:
    """Split a claim that is a list of strings or a space-separated string."""
    if isinstance(claim, str):
        return claim.split()
    return [word for word in claim if isinstance(word, str)] if isinstance(claim, list) else []


async def _permitted(request: Request, needed: SecurityScopes, _: Annotated[Any, Security(_scheme)]) -> Caller:
    caller: Caller = request.state.caller
    missing = [scope for scope in needed.scopes if scope not in caller.scopes]
    if missing:
        header = f'Bearer error="insufficient_scope", scope="{" ".join(needed.scopes)}"'
        raise Problem(
            FORBIDDEN.because(f"The token lacks the scope {missing[0]}.", scope=missing[0]),
            headers={"WWW-Authenticate": header},
        )
    return caller


async def _space(
    partner_space_id: Annotated[UUID, Path(description="The accountant's Partner Space.")],
    caller: Annotated[Caller, Depends(_permitted)],
) -> UUID:
    return caller.expect_space(partner_space_id)


async def _client(
    business_space_id: Annotated[UUID, Path(description="The client's Business Space.")],
    caller: Annotated[Caller, Depends(_permitted)],
) -> UUID:
    return caller.expect_client(business_space_id)


Manager = Annotated[Caller, Security(_permitted, scopes=[MANAGE])]
ReadSpace = Annotated[UUID, Security(_space, scopes=[READ])]
ManagedSpace = Annotated[UUID, Security(_space, scopes=[MANAGE])]
ManagedClient = Annotated[UUID, Security(_client, scopes=[MANAGE])]
