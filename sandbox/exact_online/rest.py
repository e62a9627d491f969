"""The REST API: authentication, authorisation and responses."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.answers import empty_answer
from sandbox.exact_online import odata, wire
from sandbox.exact_online.access import AccessControl, Call
from sandbox.exact_online.addresses import Target, target_of
from sandbox.exact_online.bodies import read_body
from sandbox.exact_online.creating import Creation, remove_document
from sandbox.exact_online.entities import ATTACHMENTS, DOCUMENTS, MAIL_ATTACHMENTS, ME, EntitySet
from sandbox.exact_online.errors import ExactError, functional, malformed, mandatory_filter, not_found
from sandbox.exact_online.limits import Caller, Limits
from sandbox.exact_online.reading import me, row_by_key, rows_of
from sandbox.exact_online.state import World
from sandbox.exact_online.tokens import TokenStore
from sandbox.faults.gate import injected

URL_LIMIT = 6000


class RestApi:
    """Serves `/api/v1/…`."""

    def __init__(self, world: World, tokens: TokenStore, limits: Limits) -> None:
        self.world, self.limits = world, limits
        self.gatekeeper = AccessControl(world, tokens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        """Serve a call; turn errors into responses, count them, and add the limit headers."""
        headers: dict[str, str] = {}
        call: Call | None = None
        try:
            target = self._target(request)
            call = self.gatekeeper.authenticate(request, target)
            if target.division != "current":
                headers = self._spend(request, call)
            self.gatekeeper.authorise(request, call)
            response = await self._serve(request, call)
        except ExactError as error:
            response = _refusal(error, request, headers)
            if call is not None:
                self._count_error(call, error.status)
        response.headers.update(headers)
        return response

    def _target(self, request: Request) -> Target:
        if len(str(request.url)) > URL_LIMIT:
            raise ExactError(414)
        target = target_of(request.url.path)
        if target is None:
            raise not_found()
        return target

    def _spend(self, request: Request, call: Call) -> dict[str, str]:
        for family in ("minute", "day", "error"):
            if injected(request.scope, f"{family}_limit") is not None:
                self.limits.refuse(family, injected=True)
        return self.limits.spend(call.app.client_id, call.target.division)

    def _count_error(self, call: Call, status: int) -> None:
        target = call.target
        self.limits.note(Caller(call.app.client_id, call.user.id, target.division, target.path.lower()), status)

    async def _serve(self, request: Request, call: Call) -> Response:
        if call.entity is ME:
            return self._me(request, call)
        method = request.method
        if method == "GET":
            return self._one(request, call) if call.target.key else self._many(request, call)
        if method == "POST" and call.entity.creatable and call.target.key is None:
            return await self._create(request, call)
        if method in ("PUT", "DELETE") and call.entity in (DOCUMENTS,) and call.target.key:
            return await self._alter(request, call)
        raise ExactError(405, "Method not allowed.")

    def _view(self, request: Request, call: Call) -> wire.View:
        settings = self.world.settings
        return wire.View(
            base=base_of(request),
            division=call.target.division,
            as_json=wants_json(request),
            date_offset=settings.date_offset,
            plain_lists=settings.lists == "plain"
            or (settings.lists == "auto" and _fits_one_page(request, call.entity)),
        )

    def _me(self, request: Request, call: Call) -> Response:
        names = odata.parse_select(request.query_params.get("$select"), ME.fields)
        return wire.list_answer(ME, [me(self.world, call.user)], names, self._view(request, call))

    def _one(self, request: Request, call: Call) -> Response:
        key = call.target.key or ""
        row = row_by_key(self.world, call.company, call.user, call.entity, key)
        if row is None:
            raise not_found()
        view = self._view(request, call)
        names = odata.parse_select(request.query_params.get("$select"), call.entity.fields)
        return wire.entry_answer(call.entity, wire.entry(call.entity, row, names, view), view)

    def _many(self, request: Request, call: Call) -> Response:
        query, entity = dict(request.query_params), call.entity
        rows = self._matching(request, call, query)
        count = len(rows) if query.get("$inlinecount") == "allpages" else None
        names = odata.parse_select(query.get("$select"), entity.fields)
        page, following = _page(rows, entity, query)
        view = self._view(request, call)
        address = f"{view.base}{request.url.path}?{urlencode(following)}" if following else None
        return wire.list_answer(entity, page, names, view, following=address, count=count)

    def _matching(self, request: Request, call: Call, query: dict[str, str]) -> list[dict[str, Any]]:
        entity, text = call.entity, query.get("$filter")
        for name in entity.arguments:
            if not query.get(name):
                raise malformed(f"The parameter '{name}' is missing.")
        parsed = odata.parse_filter(text, entity.fields) if text else None
        allowed = entity.mandatory_filter
        if injected(request.scope, "mandatory_filter") is not None:
            raise mandatory_filter(allowed or (entity.key,))
        if allowed and (parsed is None or not parsed.names.intersection(allowed)):
            raise mandatory_filter(allowed)
        if entity.filters and parsed is not None and not parsed.names <= set(entity.filters):
            raise malformed(f"Only {', '.join(entity.filters)} can be used in '$filter' here.")
        rows = rows_of(self.world, call.company, call.user, entity)
        if parsed is not None:
            rows = [row for row in rows if parsed.test(row)]
        if "$orderby" in query:
            rows = odata.ordered(rows, odata.parse_order(query["$orderby"], entity.fields))
        return rows

    async def _create(self, request: Request, call: Call) -> Response:
        sent = await self._body(request, call)
        self._functional_fault(request, call)
        view = self._view(request, call)
        row = Creation(self.world, call.company, call.user, call.entity, base=view.base).create(sent)
        self._hide(request, row["ID"])
        written = wire.entry(call.entity, row, call.entity.fields, view)
        if "return=representation" not in request.headers.get("prefer", ""):
            kept = {*sent, call.entity.key, "__metadata"}
            written = {name: value if name in kept else None for name, value in written.items()}
        if injected(request.scope, "null_id") is not None:
            written[call.entity.key] = None
        return wire.entry_answer(call.entity, written, view, status=201)

    async def _alter(self, request: Request, call: Call) -> Response:
        company, key = call.company, call.target.key or ""
        row = self.world.table(company.code, call.entity.path).get(key)
        if row is None:
            raise not_found()
        self._functional_fault(request, call)
        if request.method == "DELETE":
            remove_document(self.world, company.code, key)
        else:
            sent = await self._body(request, call)
            Creation(self.world, company, call.user, call.entity, base=base_of(request)).change(row, sent)
        return empty_answer(204)

    async def _body(self, request: Request, call: Call) -> dict[str, Any]:
        limit = self.world.settings.body_limit
        if int(request.headers.get("content-length", "0")) > limit * 4 // 3 + 65536:  # base64 and the rest
            raise ExactError(413)
        if "json" not in request.headers.get("content-type", ""):
            raise ExactError(415, "Unsupported media type requested.")
        sent = read_body(await request.body(), call.entity)
        if call.entity in (ATTACHMENTS, MAIL_ATTACHMENTS) and len(sent.get("Attachment") or b"") > limit:
            raise ExactError(413)
        return sent

    def _functional_fault(self, request: Request, call: Call) -> None:
        fault = injected(request.scope, "exact_error_500")
        if fault is not None:
            if fault["message"]:
                raise ExactError(500, fault["message"])
            raise functional("invalid", call.entity.path, language=call.user.language)

    def _hide(self, request: Request, row_id: str) -> None:
        """Hide the row from searches for a while."""
        fault = injected(request.scope, "search_lag")
        seconds = fault["seconds"] if fault else self.world.settings.search_lag_seconds
        if seconds:
            self.world.unseen_until[row_id] = self.world.clock.in_(seconds)


def wants_json(request: Request) -> bool:
    return "json" in request.headers.get("accept", "") or request.query_params.get("$format") == "json"


def _fits_one_page(request: Request, entity: EntitySet) -> bool:
    """Tell whether `$top` needs no paging: the list is then a plain array, which public clients rely on."""
    query = request.query_params
    return "$top" in query and _top(dict(query)) <= entity.page and "$inlinecount" not in query


def base_of(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _refusal(error: ExactError, request: Request, headers: dict[str, str]) -> Response:
    extra = getattr(error, "headers", {}) | ({"Reason": error.reason} if error.reason else {})
    if error.message is None:
        return empty_answer(error.status, extra)
    return wire.error_answer(error.status, error.message, as_json=wants_json(request), headers=extra)


def _page(
    rows: list[dict[str, Any]], entity: EntitySet, query: dict[str, str]
) -> tuple[list[dict[str, Any]], dict[str, str] | None]:
    """Return a page of rows after the `$skiptoken`, and the query of the next page if there is one."""
    token = query.get("$skiptoken")
    if token:
        after = odata.skip_value(token)
        keys = [str(row[entity.key]).lower() for row in rows]
        rows = rows[keys.index(after) + 1 :] if after in keys else []
    top = _top(query)
    page = rows[: min(entity.page, top)]
    if len(page) == len(rows) or len(page) == top:
        return page, None
    last = page[-1][entity.key]
    following = query | {"$skiptoken": f"guid'{last}'" if entity.fields[entity.key] == "Edm.Guid" else str(last)}
    if "$top" in query:
        following["$top"] = str(top - len(page))
    return page, following


def _top(query: dict[str, str]) -> int:
    text = query.get("$top")
    if text is None:
        return 2**31
    if not text.isdigit():
        raise malformed("Incorrect syntax for '$top'.")
    return int(text)
