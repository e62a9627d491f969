"""The pages before and after a sign-in to Exact Online. They need no JavaScript and load no resources."""

import hashlib
from base64 import b64encode
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter, Form, Query, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app import audit
from app.api import sign_in_cookie
from app.api.problems import unexpected
from app.api.services import Services, ServicesDep
from app.audit import Actor
from app.errors import Problem
from app.sign_in import Offer, SignedIn

router = APIRouter(tags=["Sign-in"])

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "style.css").read_text()
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'; form-action "
_environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)

_HTML = {"content": {"text/html": {"schema": {"type": "string"}}}}


State = Annotated[str, Query(description="The `state` from the sign-in address.")]


@router.get(
    "/oauth/exact-online/start",
    summary="Show what a sign-in will connect",
    response_class=HTMLResponse,
    responses={
        200: {"description": "Page: the Partner Space, its firm, what will happen, and a button.", **_HTML},
        400: {"description": "Page: the sign-in was already used, expired or not started here.", **_HTML},
        503: {"description": "Page: the database does not respond.", **_HTML},
    },
)
async def show_sign_in(request: Request, services: ServicesDep, state: State = "") -> Response:
    """Show who will be connected and what will happen. Nothing changes until the button is pressed."""
    return await _or_refusal(request, _offered(request, services, state))


async def _offered(request: Request, services: Services, state: str) -> Response:
    settings = services.settings
    offer = await services.sign_in.offer(state)
    browser = sign_in_cookie.browser_of(request, settings) or sign_in_cookie.new_browser()
    form = {"action": settings.sign_in_page, "state": state, "form": sign_in_cookie.form_token(browser, state)}
    page = _page("start.html", 200, _headers_of_form(offer), offer=offer, form=form)
    sign_in_cookie.remember(page, browser, settings)
    return page


def _headers_of_form(offer: Offer) -> dict[str, str]:
    """Return the headers of the page with the form.

    Browsers apply `form-action` to the redirects that follow: Exact may use several hosts, and may know the user.
    With `no-referrer`, they would send `Origin: null` with the form.
    """
    targets = {"'self'", "https:", offer.exact_host}
    policy = _POLICY + " ".join(sorted(targets))
    return {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}


@router.post(
    "/oauth/exact-online/start",
    summary="Go on to Exact Online",
    response_class=HTMLResponse,
    status_code=303,
    responses={
        303: {"description": "Redirect to Exact's sign-in page."},
        400: {
            "description": "Page: another browser or site sent the form, or the sign-in is stale.",
            **_HTML,
        },
        503: {"description": "Page: the database does not respond.", **_HTML},
    },
)
async def go_on_to_exact(
    request: Request,
    services: ServicesDep,
    state: Annotated[str, Form(description="The `state` from the sign-in address.")] = "",
    form: Annotated[str, Form(description="Proves that our page in the same browser sent the form.")] = "",
) -> Response:
    """Bind the sign-in to this browser and lead it to Exact. From then on no other browser can finish it."""
    return await _or_refusal(request, _to_exact(request, services, state, form))


async def _to_exact(request: Request, services: Services, state: str, form: str) -> Response:
    settings = services.settings
    browser = sign_in_cookie.browser_of(request, settings)
    sign_in_cookie.expect_own_form(request, settings, browser=browser, state=state, form=form)
    address = await services.sign_in.go_on(state, browser=browser)
    redirect = RedirectResponse(address, 303)
    sign_in_cookie.remember(redirect, browser, settings)
    return redirect


@router.get(
    "/oauth/exact-online/callback",
    summary="Finish a sign-in to Exact Online",
    response_class=HTMLResponse,
    responses={
        200: {"description": "Page: connected.", **_HTML},
        303: {"description": "Connected: redirect to `return_to` with `exact_online=connected` in its query."},
        400: {
            "description": "Page: the sign-in was cancelled, already used, expired, or started in another browser.",
            **_HTML,
        },
        502: {"description": "Page: Exact Online refused the sign-in.", **_HTML},
        503: {"description": "Page: Exact Online or the database does not respond.", **_HTML},
    },
)
async def finish_sign_in(
    request: Request,
    services: ServicesDep,
    state: State = "",
    code: Annotated[str | None, Query(description="The authorization code, exchanged for tokens once.")] = None,
    error: Annotated[str | None, Query(description="Why Exact returned no code, such as `access_denied`.")] = None,
) -> Response:
    """Finish a sign-in and show the result. The first call from its browser consumes the `state`, even if it fails."""
    browser = sign_in_cookie.browser_of(request, services.settings)
    finished = services.sign_in.finish(state=state, code=code, error=error, browser=browser)
    return await _or_refusal(request, _connected(finished))


async def _connected(finished: Awaitable[SignedIn]) -> Response:
    signed_in = await finished
    if signed_in.return_to:
        return RedirectResponse(_with_result(signed_in.return_to), 303)
    return _page("connected.html", 200, signed_in=signed_in)


async def _or_refusal(request: Request, page: Awaitable[Response]) -> Response:
    """Return the page, or the one that says why there is none; changes on the way are this browser's."""
    try:
        with audit.acting_as(_browser(request)):
            return await page
    except Problem as problem:
        return _refusal(request, problem)
    except Exception as failure:
        return _refusal(request, unexpected(failure))


def _browser(request: Request) -> Actor:
    return Actor(kind="browser", name=request.headers.get("user-agent") or "unnamed browser")


def _refusal(request: Request, problem: Problem) -> Response:
    kind = problem.reason.kind
    request_id = request.scope.get("request_id", "")
    return _page("refused.html", kind.status, problem.headers, reason=problem.reason, request_id=request_id)


def _page(template: str, status: int, headers: Mapping[str, str] | None = None, **values: object) -> Response:
    content = _environment.get_template(template).render(style=_STYLE, **values)
    return HTMLResponse(content, status, headers={"Content-Security-Policy": f"{_POLICY}'none'", **(headers or {})})


def _with_result(address: str) -> str:
    """Add `exact_online=connected` to the query of the front end's address."""
    parts = urlsplit(address)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}exact_online=connected"))
