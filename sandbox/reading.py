"""The admin APIs as pages to read and to try, without asking anybody on the internet for them."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from swagger_ui_bundle import swagger_ui_path

_ASSETS = "/sandbox/docs/assets"


def add_docs(admin: FastAPI) -> None:
    """Swagger UI at /sandbox/docs."""

    @admin.get("/sandbox/docs", include_in_schema=False)
    async def read() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=admin.openapi_url or "",
            title=admin.title,
            swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{_ASSETS}/favicon-32x32.png",
        )

    admin.mount(_ASSETS, StaticFiles(directory=swagger_ui_path))
