"""The API and the worker's health checks as ASGI applications."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app.api import (
    audit,
    clients,
    companies,
    connection,
    docs_page,
    exports,
    extension,
    health,
    installations,
    metrics,
    middleware,
    notifications,
    openapi,
    pages,
    problems,
    rate_limits,
    services,
    webhooks,
)
from app.api.response_headers import ResponseHeaders
from app.clock import Clock
from app.crypto import Sealer
from app.queries.sealed import KeyCheck
from app.settings import Settings
from app.storage import db

_GUARDS = [Middleware(middleware.Failures), Middleware(middleware.BodyLimit)]
_TOPICS = (
    extension,
    installations,
    connection,
    companies,
    clients,
    exports,
    notifications,
    audit,
    webhooks,
    pages,
    health,
    metrics,
)


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Create the API; it opens its connections when it starts."""
    clock = clock or Clock()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with services.opened(settings, clock=clock) as opened:
            app.state.services, app.state.sessions = opened, opened.sessions
            sealer = Sealer(settings.sealing_keys)
            app.state.key_check = KeyCheck(sealer)
            app.state.gauges = metrics.Gauges(opened.sessions, sealer, clock)
            yield

    app = FastAPI(
        title="Exact Online for Banqup",
        version=version("banqup-exact"),
        summary="Exports Banqup documents to Exact Online as Peppol UBL.",
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
        servers=[{"url": settings.public_url}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_middleware(settings),
        generate_unique_id_function=lambda route: route.name,
    )
    for topic in _TOPICS:
        app.include_router(topic.router)
    docs_page.install(app)
    problems.install(app)
    openapi.install(app, settings)
    return app


def create_worker_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Create a worker's health checks and metrics."""
    clock = clock or Clock()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with db.opened(settings.expect_database_url(), pool_size=2) as sessions:
            sealer = Sealer(settings.sealing_keys)
            app.state.sessions, app.state.key_check = sessions, KeyCheck(sealer)
            app.state.gauges = metrics.Gauges(sessions, sealer, clock)
            yield

    app = FastAPI(
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[Middleware(middleware.RequestIds), Middleware(ResponseHeaders), *_GUARDS],
    )
    for topic in (health, metrics):
        app.include_router(topic.router)
    problems.install(app)
    return app


def _middleware(settings: Settings) -> list[Middleware]:
    """Return the middleware, outermost first: request ID, headers, fast path, CORS, failures, body limit."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.api_cors_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", middleware.REQUEST_ID],
        expose_headers=[middleware.REQUEST_ID, rate_limits.RETRY_AFTER, rate_limits.LIMIT, rate_limits.POLICY],
    )
    return [
        Middleware(middleware.RequestIds),
        Middleware(ResponseHeaders),
        Middleware(middleware.FastPath, path=webhooks.PATH, endpoint=webhooks.receive),
        *([cors] if settings.api_cors_origins else []),
        *_GUARDS,
    ]
