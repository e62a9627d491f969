"""The API documentation page: Swagger UI, served from our own assets without third-party requests."""

import hashlib
import re
from base64 import b64encode
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

_ASSETS = "/docs/assets"
_ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<rect width='16' height='16' rx='3' fill='%2314713d'/>"
    "<path d='M4 8h7M8 5l3 3-3 3' fill='none' stroke='white' stroke-width='2'/></svg>"
)

_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def read(request: Request) -> HTMLResponse:
    """Return Swagger UI for openapi.json."""
    app: FastAPI = request.app
    page = get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title=app.title,
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=_ICON,
    )
    page.headers["Content-Security-Policy"] = _policy(page.body, services_at=app.servers)
    return page


def _policy(page: bytes | memoryview, *, services_at: list[dict[str, Any]]) -> str:
    """Allow our own assets, the page's own script by its hash, and calls to the API."""
    scripts = _SCRIPT.findall(bytes(page))
    hashes = [f"'sha256-{b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts]
    api = [str(server["url"]) for server in services_at]
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *hashes]),
            "style-src 'self' 'unsafe-inline'",  # Swagger UI sets styles on its elements
            "img-src 'self' data:",
            "font-src 'self' data:",
            " ".join(["connect-src 'self'", *api]),
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ]
    )


def install(app: FastAPI) -> None:
    """Mount the page and its assets."""
    app.include_router(router)
    app.mount(_ASSETS, _Assets(packages=[("fastapi_swagger", "resources")]))


class _Assets(StaticFiles):
    """Files that browsers may keep: they are the same for everybody, and change with a release only."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return the file, to be asked for again when it is a day old."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response
