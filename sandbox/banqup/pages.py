"""The page of spaces, documents and deliveries."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.templating import Jinja2Templates

from sandbox.banqup.core import Banqup

_SHOWN = 200
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


def page_routes(banqup: Banqup) -> APIRouter:
    """Return the route of `/sandbox` itself."""
    routes = APIRouter(prefix="/sandbox", include_in_schema=False)

    @routes.get("")
    async def page(request: Request) -> Response:
        world = banqup.world
        spaces = [
            {"space": space, "documents": [_line(d) for d in world.cabinet(space.id).documents.values()][-_SHOWN:]}
            for space in world.spaces.values()
        ]
        deliveries = [delivery.as_json() for delivery in reversed(banqup.messenger.deliveries[-_SHOWN:])]
        context = {"spaces": spaces, "deliveries": deliveries, "listener": banqup.messenger.listener.url}
        return templates.TemplateResponse(request, "spaces.html", context)

    return routes


def _line(document: dict[str, Any]) -> dict[str, Any]:
    metadata = document.get("metadata") or {}
    return {
        "id": document["id"],
        "folder": document["folder"],
        "category": document["category"],
        "number": metadata.get("documentNumber"),
        "status": (document.get("status") or {}).get("document"),
        "created": document["timestamps"]["createdAt"][:19],
    }
