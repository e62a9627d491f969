"""The OpenAPI 3.1 description: FastAPI's output, completed with what it cannot read from the code."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api import events, rate_limits, webhooks
from app.api.examples import EXAMPLES
from app.api.middleware import REQUEST_ID
from app.api.problems import MEDIA_TYPE, ProblemBody, documented
from app.reasons import INTERNAL, TOO_LARGE, TOO_MANY_REQUESTS, UNAUTHENTICATED, UNAVAILABLE
from app.settings import Settings

DESCRIPTION = """\
Exports approved purchase documents and sent sales documents of Banqup to Exact Online, as Peppol BIS Billing 3.0 UBL.

1. **Install** the extension in a Partner Space.
2. **Sign in** to Exact Online: open `authorization_url`, a page of ours that leads to Exact, in a browser.
3. **Activate** each client with the Company Code of its Exact company.
4. Documents are then exported automatically. **Exports** show the status of each one, and what to do if one fails.

Errors are `application/problem+json` (RFC 9457). Branch on `code`; `who` and `how` say what to do. Times are RFC 3339
in UTC, amounts are decimal strings, IDs are UUIDs. Ignore unknown members: we may add new ones.
"""

TAGS = [
    {"name": "Extension", "description": "The extension, before installation."},
    {"name": "Installation", "description": "The extension in a Partner Space."},
    {"name": "Connection", "description": "The sign-in to Exact Online."},
    {"name": "Clients", "description": "Clients and their companies in Exact Online."},
    {"name": "Exports", "description": "Documents and their status."},
    {"name": "Notifications", "description": "Webhooks about exports, connections and clients."},
    {"name": "Banqup", "description": "Called by Banqup."},
    {"name": "Sign-in", "description": "Called by the partner's browser."},
    {"name": "Operation", "description": "Health checks and metrics, for operators."},
]

_SCHEMES = {
    "webhookSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": (
            "Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of "
            "`{webhook-id}.{webhook-timestamp}.{raw body}`, with the key after `whsec_`. During key rotation, send "
            "several separated by spaces."
        ),
    },
    "webhookToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": (
            "If WEBHOOK_AUTH is `jwt`: a token signed with a key from WEBHOOK_JWKS_URL, with WEBHOOK_ISSUER as `iss`, "
            "WEBHOOK_AUDIENCE in `aud` and WEBHOOK_TYP as the header `typ`, issued (`iat`) within five minutes and "
            "valid (`exp`) for at most an hour. `body_sha256` is the SHA-256 of the raw body in hexadecimal."
        ),
    },
}

_MESSAGE = {
    "id": "41b86461-2c30-4cc6-8892-ea342d2e546b",
    "category": "document",
    "type": "document.approved",
    "resourceId": "d6a10e10-17c9-4081-9f54-8a218f00eba8",
    "channel": "d6a10e10-17c9-4081-9f54-8a218f00eba8/bb23bbff-7c1d-4f5e-9a07-3b1f6a0f3a11",
    "data": {
        "spaceId": "d6a10e10-17c9-4081-9f54-8a218f00eba8",
        "documentId": "bb23bbff-7c1d-4f5e-9a07-3b1f6a0f3a11",
    },
}

_ENVELOPE = {
    "title": "Message",
    "type": "object",
    "description": "Banqup's message envelope. Only `id` is required; unknown members are ignored.",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 200, "description": "Identifies duplicates."},
        "category": {"description": "`document` for documents we can export."},
        "type": {"description": "BANQUP_MESSAGE_TYPES maps it to approved or sent."},
        "resourceId": {"description": "The Business Space, if neither `data` nor `channel` names it."},
        "channel": {"description": "`{spaceId}/{documentId}`, if `data` does not name them."},
        "data": {"description": "`spaceId` and `documentId`."},
    },
    "examples": [_MESSAGE],
}


def install(app: FastAPI, settings: Settings) -> None:
    """Replace the app's OpenAPI description with the completed one."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, settings)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _described(app: FastAPI, settings: Settings) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        webhooks=events.router.routes,
        tags=app.openapi_tags,
        servers=app.servers,
        license_info=app.license_info,
    )
    components = document["components"]
    components["schemas"] |= {"Problem": _problem(), "Message": _ENVELOPE}
    components["headers"] = _HEADERS
    scheme = "webhookToken" if settings.webhook_auth == "jwt" else "webhookSignature"
    components["securitySchemes"][scheme] = _SCHEMES[scheme]
    _describe_webhook(document["paths"][webhooks.PATH]["post"], scheme)
    _show_examples(components["schemas"])
    components["parameters"] = _describe_events(document["webhooks"])
    shared: dict[str, Any] = {}
    components["responses"] = shared
    for operations in document["paths"].values():
        for operation in operations.values():
            _complete(operation)
            _share_problems(operation["responses"], shared)
    return document


def _show_examples(schemas: dict[str, Any]) -> None:
    for name, examples in EXAMPLES.items():
        schemas[name]["examples"] = examples


_HEADERS = {
    "RequestId": {
        "description": "The request's ID, also in our log. Callers may choose it by sending this header.",
        "schema": {"type": "string"},
        "example": "5f0c1a52f7a94b3f8d7c1f1f0b7f3f11",
    },
    "RateLimit": {
        "description": "For each limit, the calls left (`r`) and the seconds until all are back (`t`).",
        "schema": {"type": "string"},
        "example": '"requests";r=599;t=1',
    },
    "RateLimitPolicy": {
        "description": "Each limit of this operation for one caller: calls (`q`) in a window of seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"requests";q=600;w=60',
    },
    "RetryAfter": {
        "description": "The seconds until the next call is possible.",
        "schema": {"type": "string"},
        "example": "2",
    },
}


def _problem() -> dict[str, Any]:
    schema = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    who = schema.pop("$defs")["Who"]
    schema["properties"]["who"] = {**who, "description": "Who has to act."}
    return {**schema, "title": "Problem"}


def _describe_webhook(operation: dict[str, Any], scheme: str) -> None:
    operation["security"] = [{scheme: []}]
    operation["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}},
    }
    if scheme == "webhookSignature":
        operation["parameters"] = [
            _header("webhook-id", "The message's ID.", _MESSAGE["id"]),
            _header("webhook-timestamp", "Unix time in seconds; at most five minutes off.", "1767225600"),
        ]


def _describe_events(webhooks_sent: dict[str, Any]) -> dict[str, Any]:
    """Replace the events' headers by references and return the headers; no security scheme, as we sign the calls."""
    headers: dict[str, Any] = {}
    for operations in webhooks_sent.values():
        operation = operations["post"]
        headers |= {header["name"]: header for header in operation["parameters"]}
        operation["parameters"] = [
            {"$ref": f"#/components/parameters/{header['name']}"} for header in operation["parameters"]
        ]
        operation["security"] = []
    return headers


def _header(name: str, description: str, example: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


_DONE = {
    "200": "The current state.",
    "201": "Created.",
    "202": "Accepted; the work follows after this response.",
    "204": "Done.",
}


def _complete(operation: dict[str, Any]) -> None:
    """Add the request ID header and the errors common to all operations; one without a scheme is public."""
    operation.setdefault("security", [])
    responses = operation["responses"]
    is_limited = any("bearer" in scheme for scheme in operation["security"])
    kinds = [UNAVAILABLE, INTERNAL]
    kinds += [TOO_LARGE] if "requestBody" in operation else []
    kinds += [TOO_MANY_REQUESTS] if is_limited else []
    if "text/html" not in responses.get("200", {}).get("content", {}):
        for status, response in documented(*kinds).items():
            _add(response, to=responses.setdefault(str(status), response))
    for status, response in responses.items():
        if response["description"] == "Successful Response":
            response["description"] = _DONE[status]
        response["headers"] = _headers(status, is_limited=is_limited)
    operation["responses"] = dict(sorted(responses.items()))


def _add(response: dict[str, Any], *, to: dict[str, Any]) -> None:
    """Add the examples of a problem that the operation's own response lacks."""
    examples = to["content"].get(MEDIA_TYPE, response["content"][MEDIA_TYPE])["examples"]
    lacking = {
        code: example for code, example in response["content"][MEDIA_TYPE]["examples"].items() if code not in examples
    }
    if lacking:
        examples |= lacking
        to["description"] += f"; {response['description']}"


def _headers(status: str, *, is_limited: bool) -> dict[str, Any]:
    """Return the headers of a response; a caller that is not known yet has no limits."""
    names = {REQUEST_ID: "RequestId"}
    if is_limited and status != str(UNAUTHENTICATED.status):
        names |= {rate_limits.LIMIT: "RateLimit", rate_limits.POLICY: "RateLimitPolicy"}
    if status == str(TOO_MANY_REQUESTS.status):
        names[rate_limits.RETRY_AFTER] = "RetryAfter"
    return {name: {"$ref": f"#/components/headers/{component}"} for name, component in names.items()}


_NAMES = {
    "400": "BadRequest",
    "401": "Unauthenticated",
    "403": "Forbidden",
    "404": "NotFound",
    "409": "Conflict",
    "410": "Gone",
    "413": "TooLarge",
    "422": "Unprocessable",
    "429": "RateLimited",
    "500": "InternalError",
    "502": "BadGateway",
    "503": "Unavailable",
}


def _share_problems(responses: dict[str, Any], shared: dict[str, Any]) -> None:
    """Move each set of errors to a shared response, named after its status."""
    for status, response in responses.items():
        examples = response.get("content", {}).get(MEDIA_TYPE, {}).get("examples")
        if examples:
            name = next(free for free in _names(_NAMES[status]) if shared.get(free, response) == response)
            shared[name] = response
            responses[status] = {"$ref": f"#/components/responses/{name}"}


def _names(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        yield f"{name}{number}"
