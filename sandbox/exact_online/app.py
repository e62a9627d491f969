"""The Exact Online sandbox as one ASGI application: the stand-in and its admin API."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.exact_online.admin import admin_routes
from sandbox.exact_online.core import ExactOnline
from sandbox.exact_online.pages import page_routes
from sandbox.faults.admin import clock_routes, fault_routes
from sandbox.reading import add_docs


def create_app(exact: ExactOnline) -> ASGIApp:
    """Return the application: `/sandbox…` is the admin API, everything else behaves like Exact."""
    admin = FastAPI(
        title="Exact Online sandbox: admin API",
        docs_url=None,
        redoc_url=None,
        openapi_url="/sandbox/openapi.json",
    )
    admin.include_router(page_routes(exact))
    admin.include_router(admin_routes(exact))
    admin.include_router(fault_routes(exact.book))
    admin.include_router(clock_routes(exact.clock))
    add_docs(admin)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            chosen: ASGIApp = admin if scope["path"].startswith("/sandbox") else exact.asgi
            await chosen(scope, receive, send)

    return app
