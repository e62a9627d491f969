"""The page and the routes that show what arrived, and that change it as a person does in Exact."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response

from sandbox.exact_online import arrived
from sandbox.exact_online.admin import counted
from sandbox.exact_online.core import ExactOnline
from sandbox.exact_online.creating import remove_document
from sandbox.exact_online.entities import DOCUMENTS, MAIL_MESSAGES
from sandbox.exact_online.errors import ExactError
from sandbox.exact_online.mailboxes import STATUSES
from sandbox.exact_online.oauth import templates
from sandbox.faults.admin import Strict

_SHOWN = 200


class DocumentChange(Strict):
    subject: str


class MailChange(Strict):
    recipient_status: int


def page_routes(exact: ExactOnline) -> APIRouter:
    """Return the routes of `/sandbox` that show or change what arrived."""
    routes = APIRouter(prefix="/sandbox", tags=["Arrived"])
    _showing(routes, exact)
    _touching(routes, exact)
    return routes


def _showing(routes: APIRouter, exact: ExactOnline) -> None:
    world = exact.world

    @routes.get("", include_in_schema=False)
    async def page(request: Request) -> Response:
        rows = []
        for company in world.companies.values():
            documents, mail = arrived.documents(world, company), arrived.mail(world, company)
            if documents or mail:
                shown = {name: getattr(company, name) for name in ("code", "hid", "name", "customer")}
                rows.append(shown | {"documents": documents[-_SHOWN:], "mail": mail[-_SHOWN:]})
        return templates.TemplateResponse(request, "arrived.html", {"companies": rows, "state": state_of(exact)})

    @routes.get("/state")
    async def state() -> dict[str, Any]:
        return state_of(exact)

    @routes.get("/arrived")
    async def all_documents(company: int | None = None) -> list[dict[str, Any]]:
        chosen = [one for one in world.companies.values() if company in (None, one.code)]
        return [document for one in chosen for document in arrived.documents(world, one)]

    @routes.get("/mail")
    async def all_mail(company: int | None = None) -> list[dict[str, Any]]:
        chosen = [one for one in world.companies.values() if company in (None, one.code)]
        return [message for one in chosen for message in arrived.mail(world, one)]

    @routes.get("/attachments/{row_id}")
    async def attachment(row_id: str) -> Response:
        found = arrived.file_named(world, row_id)
        if found is None:
            raise HTTPException(404, "no such attachment")
        name, content = found
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(content, media_type=_media_type(name), headers={"content-disposition": disposition})


def _touching(routes: APIRouter, exact: ExactOnline) -> None:
    world = exact.world

    @routes.patch("/documents/{row_id}")
    async def rename(row_id: str, body: DocumentChange) -> dict[str, Any]:
        code = _company_of(exact, row_id, DOCUMENTS.path)
        world.table(code, DOCUMENTS.path)[row_id]["Subject"] = body.subject
        return {"id": row_id, "subject": body.subject}

    @routes.delete("/documents/{row_id}")
    async def delete(row_id: str) -> dict[str, Any]:
        try:
            remove_document(world, _company_of(exact, row_id, DOCUMENTS.path), row_id)
        except ExactError as error:
            raise HTTPException(404, "no such document") from error
        return {"deleted": row_id}

    @routes.patch("/mail/{row_id}")
    async def decide(row_id: str, body: MailChange) -> dict[str, Any]:
        if body.recipient_status not in STATUSES:
            raise HTTPException(422, "no such status")
        code = _company_of(exact, row_id, MAIL_MESSAGES.path)
        world.table(code, MAIL_MESSAGES.path)[row_id]["sandbox.status"] = body.recipient_status
        return {"id": row_id, "recipient_status": body.recipient_status}


def _company_of(exact: ExactOnline, row_id: str, path: str) -> int:
    for (code, kind), rows in exact.world.rows.items():
        if kind == path and row_id in rows:
            return code
    raise HTTPException(404, "not found")


def state_of(exact: ExactOnline) -> dict[str, Any]:
    """Return figures: the clock, calls, limits and documents by company."""
    world, calls = exact.world, counted(exact)
    counts = {str(code): len(rows) for (code, path), rows in world.rows.items() if path == DOCUMENTS.path and rows}
    return {
        "now": world.clock.now().isoformat(timespec="seconds"),
        "limits": world.settings.limits,
        "calls": calls["total"],
        "limited": sum(calls["limited"].values()),
        "violations": calls["violations"],
        "documents": counts,
        "faults": len(exact.book.rules),
        "faults_met": len(exact.book.log),
    }


def _media_type(name: str) -> str:
    kinds = {"xml": "application/xml", "pdf": "application/pdf"}
    return kinds.get(name.rpartition(".")[2].lower(), "application/octet-stream")
