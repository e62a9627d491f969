"""The cookie that ties a sign-in to the browser whose user agreed to it, and the proof that our page sent the form."""

import hashlib
import re
import secrets
from hmac import compare_digest

from fastapi import Request
from starlette.responses import Response

from app.errors import Problem
from app.partners.sign_ins import LASTS
from app.reasons import SIGN_IN_ELSEWHERE
from app.settings import Settings

# `__Host-`: no other host, not even a subdomain, and no plain http can set it (RFC 6265bis).
_NAME = "__Host-exact-sign-in"
# A browser refuses that prefix without TLS. Only a PUBLIC_URL of http on this machine uses this name.
_LOCAL_NAME = "exact-sign-in"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def browser_of(request: Request, settings: Settings) -> str:
    """Return the secret in the browser's cookie; the empty string if there is none of ours."""
    secret = request.cookies.get(_name(settings), "")
    return secret if _SECRET.fullmatch(secret) else ""


def new_browser() -> str:
    """Return a secret for a browser that has none."""
    return secrets.token_urlsafe(32)


def remember(response: Response, browser: str, settings: Settings) -> None:
    """Set the cookie for as long as a sign-in lasts. `Lax`: it comes along when Exact sends the browser back."""
    response.set_cookie(
        _name(settings),
        browser,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=not settings.is_local,
        httponly=True,
        samesite="lax",
    )


def form_token(browser: str, state: str) -> str:
    """Return what the form carries, and what no other site can know: it depends on the cookie."""
    return hashlib.sha256(f"form {browser} {state}".encode()).hexdigest()


def expect_own_form(request: Request, settings: Settings, *, browser: str, state: str, form: str) -> None:
    """Raise `Problem` unless our page in this browser sent the form."""
    origin = request.headers.get("origin", settings.public_origin)
    site = request.headers.get("sec-fetch-site", "same-origin")
    known = bool(browser) and compare_digest(form.encode(), form_token(browser, state).encode())
    if origin != settings.public_origin or site != "same-origin" or not known:
        raise Problem(SIGN_IN_ELSEWHERE.because("The page was not opened in this browser, or its cookie is missing."))


def _name(settings: Settings) -> str:
    return _LOCAL_NAME if settings.is_local else _NAME
