"""The services behind the routes, created once when the process starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, Request

from app.api.keys import KeySource
from app.api.quotas import Quotas
from app.banqup import signature
from app.banqup.client import connected_to
from app.clock import Clock
from app.crypto import Sealer
from app.exact.tokens import Tokens
from app.notifications.sender import Notifier
from app.onboarding import Onboarding
from app.queue.inbox import Inbox
from app.settings import Settings
from app.sign_in import SignInFlow
from app.signed_tokens import Rules
from app.storage import db
from app.storage.db import Sessions

# A user is waiting for the response, and others for their turn to sign in.
TIMEOUT = httpx.Timeout(20.0, connect=5.0)


@dataclass(frozen=True, kw_only=True)
class WebhookTokens:
    """How Banqup's tokens are verified."""

    keys: KeySource
    rules: Rules


@dataclass(frozen=True, kw_only=True)
class Services:
    """The services available to a request."""

    settings: Settings
    clock: Clock
    sessions: Sessions
    onboarding: Onboarding
    sign_in: SignInFlow
    notifier: Notifier
    inbox: Inbox
    quotas: Quotas
    caller_keys: KeySource
    webhook_tokens: WebhookTokens | None


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock) -> AsyncIterator[Services]:
    """Open the services and their connections for the block, and finish running token rotations at its end."""
    url = settings.expect_database_url()
    async with (
        db.opened(url) as sessions,
        # Messages are stored however many callers wait for Exact or for a lock.
        db.opened(url, pool_size=2) as of_inbox,
        httpx.AsyncClient(timeout=TIMEOUT) as http,
    ):
        sealer = Sealer(settings.sealing_keys)
        tokens = Tokens(sessions, http=http, sealer=sealer, clock=clock)
        banqup = connected_to(settings, http=http, clock=clock)
        try:
            yield Services(
                settings=settings,
                clock=clock,
                sessions=sessions,
                onboarding=Onboarding(
                    sessions=sessions,
                    settings=settings,
                    clock=clock,
                    tokens=tokens,
                    http=http,
                    banqup=banqup,
                ),
                sign_in=SignInFlow(
                    sessions=sessions, settings=settings, clock=clock, tokens=tokens, http=http, banqup=banqup
                ),
                notifier=Notifier(
                    sessions=sessions,
                    http=http,
                    sealer=sealer,
                    clock=clock,
                    allow_private=settings.notifications_to_private,
                ),
                inbox=Inbox(of_inbox, clock=clock),
                quotas=Quotas(sessions=sessions, clock=clock),
                caller_keys=KeySource(settings.api_jwks_url, http),
                webhook_tokens=_webhook_tokens(settings, http),
            )
        finally:
            await tokens.finish()


def _webhook_tokens(settings: Settings, http: httpx.AsyncClient) -> WebhookTokens | None:
    """Return how Banqup's tokens are verified; None if its messages have signatures instead."""
    tokens = settings.webhook_tokens
    if tokens is None:
        return None
    rules = signature.jwt_rules(issuer=tokens.issuer, audience=tokens.audience, typ=tokens.typ)
    return WebhookTokens(keys=KeySource(tokens.jwks_url, http), rules=rules)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]
