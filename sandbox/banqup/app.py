"""The Banqup sandbox as one ASGI application: the stand-in and its admin API."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.banqup.admin import admin_routes
from sandbox.banqup.core import Banqup
from sandbox.banqup.pages import page_routes
from sandbox.faults.admin import clock_routes, fault_routes
from sandbox.reading import add_docs


def create_app(banqup: Banqup, *, audience: str) -> ASGIApp:
    """Return the application: `/sandbox…` is the admin API, everything else behaves like Banqup."""
    admin = FastAPI(
        title="Banqup sandbox: admin API",
        docs_url=None,
        redoc_url=None,
        openapi_url="/sandbox/openapi.json",
    )
    admin.include_router(page_routes(banqup))
    admin.include_router(admin_routes(banqup, audience=audience))
    admin.include_router(fault_routes(banqup.book))
    admin.include_router(clock_routes(banqup.clock))
    add_docs(admin)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            chosen: ASGIApp = admin if scope["path"].startswith("/sandbox") else banqup.asgi
            await chosen(scope, receive, send)

    return app
