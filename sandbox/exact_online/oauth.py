"""The sign-in page and the token endpoint."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from sandbox.answers import empty_answer, html_answer, json_answer, text_answer
from sandbox.exact_online.state import App, World
from sandbox.exact_online.tokens import TokenRefusedError, TokenStore, bad_request, invalid_request, old_token
from sandbox.exact_online.tokens import expired_token as expired
from sandbox.exact_online.tokens import too_early as early
from sandbox.faults.gate import injected

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class OAuth:
    """Serves `/api/oauth2/auth` and `/api/oauth2/token`."""

    def __init__(self, world: World, tokens: TokenStore) -> None:
        self.world, self.tokens = world, tokens

    async def authorize(self, request: Request) -> Response:
        """Show the sign-in page (GET), or take the user's decision from the page or a test (POST)."""
        asked_for: Any = request.query_params
        if request.method == "POST":
            asked_for = dict(request.query_params) | _texts(await request.form())
        refusal = self._refusal(asked_for)
        if refusal is not None:
            return refusal
        if request.method == "POST":
            return self._decide(request, asked_for)
        return templates.TemplateResponse(request, "sign_in.html", {"asked": asked_for, "users": self._users()})

    def _refusal(self, asked_for: Any) -> Response | None:
        app = self.world.apps.get(asked_for.get("client_id", ""))
        if app is None or asked_for.get("response_type", "code") != "code":
            return html_answer("<h1>Bad Request</h1><p>The app is unknown or the request malformed.</p>", status=400)
        redirect_uri = asked_for.get("redirect_uri", "")
        if not _is_safe(redirect_uri):
            return html_answer("<h1>Unauthorized</h1><p>The redirect URI is not https.</p>", status=401)
        if app.redirect_uris and redirect_uri not in app.redirect_uris:
            return html_answer("<h1>Bad Request</h1><p>The redirect URI is not the registered one.</p>", status=400)
        return None

    def _users(self) -> list[dict[str, Any]]:
        """Return the users who may sign in, with their companies."""
        world = self.world
        return [
            {
                "id": user.id,
                "name": user.name,
                "companies": [world.companies[c] for c in user.companies if c in world.companies],
            }
            for user in world.users.values()
        ]

    def _decide(self, request: Request, chosen: Any) -> Response:
        back, state = chosen["redirect_uri"], quote(chosen.get("state", ""), safe="")
        joint = "&" if "?" in back else "?"
        if chosen.get("decision", "allow") != "allow":
            return RedirectResponse(f"{back}{joint}error=access_denied&state={state}", status_code=302)
        user = chosen.get("user", "")
        if user not in self.world.users:
            return html_answer("<h1>Bad Request</h1><p>No such user.</p>", status=400)
        fault = injected(request.scope, "supersede_at")
        code = self.tokens.consent(
            client_id=chosen["client_id"],
            user=user,
            redirect_uri=back,
            supersede_at=fault["moment"] if fault else None,
        )
        return RedirectResponse(f"{back}{joint}code={quote(code, safe='')}&state={state}", status_code=302)

    async def token(self, request: Request) -> Response:
        """Issue tokens; every error has the status and body seen in practice."""
        try:
            if "application/x-www-form-urlencoded" not in request.headers.get("content-type", ""):
                raise bad_request()
            form = _texts(await request.form())
            return json_answer(self._granted(request, form))
        except TokenRefusedError as refused:
            if refused.body is None:
                return text_answer("Bad Request", status=refused.status)
            if not refused.body:
                return empty_answer(refused.status)
            return json_answer(refused.body, status=refused.status, headers=refused.headers)

    def _granted(self, request: Request, form: dict[str, str]) -> dict[str, Any]:
        client_id = self._client(form).client_id
        grant = form.get("grant_type")
        if injected(request.scope, "unauthorized_401") is not None:
            raise TokenRefusedError(401, {"error": "invalid_client"})
        if grant == "authorization_code" and "code" in form:
            return self.tokens.exchange(form["code"], client_id=client_id, redirect_uri=form.get("redirect_uri", ""))
        if grant == "refresh_token" and "refresh_token" in form:
            self._refresh_faults(request, form["refresh_token"])
            return self.tokens.refresh(form["refresh_token"], client_id=client_id)
        raise bad_request()

    def _client(self, form: dict[str, str]) -> App:
        if "client_id" not in form or "client_secret" not in form:
            raise bad_request()
        app = self.world.apps.get(form["client_id"])
        if app is None or app.secret != form["client_secret"]:
            raise invalid_request()
        return app

    def _refresh_faults(self, request: Request, refresh_token: str) -> None:
        """Raise injected errors; the last two really end the chain."""
        chain = self.tokens.chain_of(refresh_token)
        fault = injected(request.scope, "too_early")
        if fault is not None:
            raise early(fault["status"])
        fault = injected(request.scope, "old_token")
        if fault is not None and chain is not None:
            chain.alive = False
            raise old_token(fault["status"])
        fault = injected(request.scope, "expired_refresh_token")
        if fault is not None and chain is not None:
            chain.expired = True
            raise expired(fault["status"], chain.runs_out())


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _is_safe(redirect_uri: str) -> bool:
    """Tell whether the URI is https, or plain http on this machine, which the real Exact refuses."""
    parts = urlsplit(redirect_uri)
    return (parts.scheme == "https" and bool(parts.netloc)) or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
