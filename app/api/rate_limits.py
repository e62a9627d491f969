"""Rate limits of REST callers, in the headers of the IETF's draft (draft-ietf-httpapi-ratelimit-headers)."""

from collections.abc import Sequence

from app.api.quotas import WINDOW, Exhausted, Policy, Quotas, Standing
from app.errors import Problem
from app.reasons import TOO_MANY_REQUESTS, Reason
from app.settings import Settings

LIMIT, POLICY, RETRY_AFTER = "RateLimit", "RateLimit-Policy", "Retry-After"
SIGN_IN = "start_sign_in"  # the operation with a limit of its own


def policies(settings: Settings, *, operation: str) -> list[Policy]:
    """Return the policies of an operation, the strictest first."""
    own = [Policy("sign-in", settings.sign_ins_per_minute)] if operation == SIGN_IN else []
    return [*own, Policy("requests", settings.requests_per_minute)]


async def limit(quotas: Quotas, caller: str, found: Sequence[Policy]) -> dict[str, str]:
    """Spend a call; return the headers for its response. Raises `Problem` (429)."""
    headers = {POLICY: ", ".join(f'"{one.name}";q={one.calls};w={WINDOW.seconds}' for one in found)}
    try:
        standings = await quotas.spend(caller, found)
    except Exhausted as error:
        retry_after = {RETRY_AFTER: str(error.retry_after)}
        raise Problem(_too_many(error), headers=headers | _left([error.standing]) | retry_after) from None
    return headers | _left(standings) if standings else {}


def _left(standings: Sequence[Standing]) -> dict[str, str]:
    return {LIMIT: ", ".join(f'"{one.policy.name}";r={one.remaining};t={one.seconds}' for one in standings)}


def _too_many(error: Exhausted) -> Reason:
    policy = error.standing.policy
    sentence = f"More than {policy.calls} calls a minute ({policy.name})."
    return TOO_MANY_REQUESTS.because(sentence, policy=policy.name, retry_after=error.retry_after)
