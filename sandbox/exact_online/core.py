"""The sandboxed Exact Online: its state, and how a call passes through it."""

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.answers import empty_answer, text_answer
from sandbox.clock import Clock
from sandbox.dated import Dated
from sandbox.exact_online import seed
from sandbox.exact_online.addresses import place_of
from sandbox.exact_online.limits import Limits
from sandbox.exact_online.oauth import OAuth
from sandbox.exact_online.rest import RestApi
from sandbox.exact_online.state import App, World
from sandbox.exact_online.tokens import TokenStore
from sandbox.exact_online.traffic import Traffic
from sandbox.faults.book import FaultBook
from sandbox.faults.gate import FaultGate


class ExactOnline:
    """State, limits, faults and routes of one sandboxed Exact Online."""

    def __init__(self, clock: Clock, *, app: App, limits: bool = True) -> None:
        self.clock, self.first_app, self.with_limits = clock, app, limits
        self.world = World(clock)
        self.tokens = TokenStore(self.world)
        self.limits = Limits(self.world)
        self.book = FaultBook("exact", clock)
        self.oauth = OAuth(self.world, self.tokens)
        self.rest = RestApi(self.world, self.tokens, self.limits)
        self.asgi = Traffic(
            FaultGate(Dated(self._dispatch, clock), book=self.book, locate=place_of),
            world=self.world,
            tokens=self.tokens,
        )
        self._load_seed()

    def _load_seed(self) -> None:
        self.world.settings.limits = self.with_limits
        self.world.apps[self.first_app.client_id] = self.first_app
        seed.load(self.world)

    def reset(self) -> None:
        """Reset everything to the seed, and the clock to real time."""
        self.clock.reset()
        self.world.clear()
        self.tokens.clear()
        self.limits.clear()
        self.book.clear()
        self._load_seed()

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/api/v1/"):
            await self.rest(scope, receive, send)
            return
        response = await self._other(Request(scope, receive), path)
        await response(scope, receive, send)

    async def _other(self, request: Request, path: str) -> Response:
        if path == "/api/oauth2/auth" and request.method in ("GET", "POST"):
            return await self.oauth.authorize(request)
        if path == "/api/oauth2/token" and request.method == "POST":
            return await self.oauth.token(request)
        if path == "/docs/SysAttachment.aspx":
            return self._download(request)
        if path == "/docs/DocView.aspx":
            return RedirectResponse(f"/sandbox#{request.query_params.get('DocumentID', '')}", 303)
        return text_answer("Not Found", status=404)

    def _download(self, request: Request) -> Response:
        """Return the content of an attachment for a valid token."""
        _, _, token = request.headers.get("authorization", "").partition(" ")
        access = self.tokens.access(token)
        if access is None or not self.tokens.is_good(access):
            return empty_answer(401)
        content = self.world.contents.get(unquote(request.query_params.get("ID", "")).strip("{}").lower())
        if content is None:
            return empty_answer(404)
        return Response(content, media_type="application/octet-stream")
