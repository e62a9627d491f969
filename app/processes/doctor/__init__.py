"""Checks an installation of the service: what must be right, and what to do if it is not."""

import asyncio
from collections.abc import Iterator

from app.crypto import Sealer
from app.processes.doctor import database, hosts
from app.processes.doctor.finding import Finding
from app.processes.doctor.places import is_loopback
from app.settings import Settings
from app.signed_tokens import GENERAL_TYPES, type_of

__all__ = ["Finding", "examine"]


def examine(settings: Settings, database_url: str) -> Iterator[Finding]:
    """Check everything, the most basic first; nothing is changed."""
    is_own = settings.database_url is None
    yield from database.check(database_url, is_own=is_own, sealer=Sealer(settings.sealing_keys))
    yield _public_url(settings)
    yield _webhooks(settings)
    yield _clients(settings)
    yield from asyncio.run(hosts.check(settings))


def _public_url(settings: Settings) -> Finding:
    seen = f"{settings.oauth_redirect_uri} (register exactly this with Exact)"
    if settings.public_url.startswith("https://"):
        return Finding("Redirect address", seen)
    if is_loopback(settings.public_url) and is_loopback(settings.exact_base_url or ""):
        return Finding("Redirect address", f"{settings.oauth_redirect_uri}, good for the sandbox only")
    return Finding("Redirect address", seen, "Use https in PUBLIC_URL: Exact and Banqup call from outside.")


def _webhooks(settings: Settings) -> Finding:
    if settings.webhook_auth == "jwt":
        return _webhook_tokens(settings)
    count = len(settings.webhook_secrets)
    return Finding("Webhook messages", f"verified with {count} secret{'s' if count > 1 else ''}")


def _webhook_tokens(settings: Settings) -> Finding:
    """Say what Banqup's tokens must say, and whether a type of their own tells them from those of REST callers."""
    told = f"issuer {settings.webhook_issuer}, audience {settings.webhook_audience}, typ {settings.webhook_typ}"
    seen = f"verified as JWT: {told}, keys at {settings.webhook_jwks_url}"
    if type_of(settings.webhook_typ) in GENERAL_TYPES:
        advice = "WEBHOOK_TYP is weak: any JWT may have it. Ask Banqup for a typ of its own, such as webhook+jwt."
        return Finding("Webhook messages", seen, advice)
    return Finding("Webhook messages", seen)


def _clients(settings: Settings) -> Finding:
    """Say who proves that a client is the caller's."""
    proofs = []
    if settings.api_clients_claim:
        proofs.append(f"the claim {settings.api_clients_claim} of the caller's token")
    if settings.banqup_clients:
        proofs.append("Banqup, asked at each activation")
    if proofs:
        return Finding("Whose client it is", f"proven by {' and '.join(proofs)}")
    advice = "Set BANQUP_CLIENTS=true or API_CLIENTS_CLAIM, unless every caller may activate every client."
    return Finding("Whose client it is", "API_CLIENTS=trusted: any caller can activate any partner's client", advice)
