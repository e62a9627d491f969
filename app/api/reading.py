"""The API's description as a page to read and to try, from our own server: a browser asks nobody else for it."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from swagger_ui_bundle import swagger_ui_path

_ASSETS = "/docs/assets"

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def read(request: Request) -> HTMLResponse:
    """Swagger UI over openapi.json."""
    app: FastAPI = request.app
    return get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title=app.title,
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{_ASSETS}/favicon-32x32.png",
    )


def install(app: FastAPI) -> None:
    """Serve the page and what it is made of."""
    app.include_router(router)
    app.mount(_ASSETS, StaticFiles(directory=swagger_ui_path))
