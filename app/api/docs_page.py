"""The API documentation page: Swagger UI, served from our own assets without third-party requests."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_ASSETS = "/docs/assets"
_ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<rect width='16' height='16' rx='3' fill='%2314713d'/>"
    "<path d='M4 8h7M8 5l3 3-3 3' fill='none' stroke='white' stroke-width='2'/></svg>"
)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def read(request: Request) -> HTMLResponse:
    """Return Swagger UI for openapi.json."""
    app: FastAPI = request.app
    return get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title=app.title,
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=_ICON,
    )


def install(app: FastAPI) -> None:
    """Mount the page and its assets."""
    app.include_router(router)
    app.mount(_ASSETS, StaticFiles(packages=[("fastapi_swagger", "resources")]))
