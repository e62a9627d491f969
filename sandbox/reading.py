"""The documentation pages of the admin APIs, served without any other host."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_ASSETS = "/sandbox/docs/assets"
_ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<rect width='16' height='16' rx='3' fill='%237a4b00'/>"
    "<path d='M4 8h7M8 5l3 3-3 3' fill='none' stroke='white' stroke-width='2'/></svg>"
)


def add_docs(admin: FastAPI) -> None:
    """Serve Swagger UI at /sandbox/docs."""

    @admin.get("/sandbox/docs", include_in_schema=False)
    async def read() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=admin.openapi_url or "",
            title=admin.title,
            swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS}/swagger-ui.css",
            swagger_favicon_url=_ICON,
        )

    admin.mount(_ASSETS, StaticFiles(packages=[("fastapi_swagger", "resources")]))
