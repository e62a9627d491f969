"""The audit log: who changed what in an installation."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.callers import AuthenticatedRoute, ReadSpace
from app.api.cursors import After, cursor, place
from app.api.fields import Moment
from app.api.problems import documented
from app.api.services import ServicesDep
from app.queries import audit
from app.reasons import FORBIDDEN, INVALID_REQUEST, NOT_FOUND, UNAUTHENTICATED
from app.storage import models
from app.vocabulary import ActorKind, AuditAction

router = APIRouter(
    prefix="/v1/installations/{partner_space_id}/audit", tags=["Installation"], route_class=AuthenticatedRoute
)


class Actor(BaseModel):
    """Who made the change."""

    kind: ActorKind = Field(
        description=(
            "`caller`: of this API. `browser`: at the end of a sign-in to Exact. `operator`: on the command line. "
            "`service`: without a request."
        )
    )
    name: str = Field(description="The token's `sub`, the browser's name, or the operator's user name.")
    client: str | None = Field(default=None, description="The token's `client_id` or `azp`.")


class AuditLine(BaseModel):
    """One change. `before` and `after` show what the action changed, without secrets and documents."""

    at: Moment
    action: AuditAction
    actor: Actor
    subject: str | None = Field(default=None, description="The client's Business Space or the export.")
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class AuditLog(BaseModel):
    """A page of changes, newest first."""

    lines: list[AuditLine]
    next: str | None = Field(default=None, description="Pass as `after` to get the next page; null on the last page.")


@router.get(
    "",
    summary="Read the audit log",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_audit_log(
    space: ReadSpace,
    services: ServicesDep,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Maximum number of changes per page.")] = 50,
) -> AuditLog:
    """Return who changed what and when, newest first. Changes are kept for two years, also after an uninstall."""
    before = place(after) if after is not None else None
    async with services.sessions() as session:
        found = await audit.page(session, space, before=before, limit=limit + 1)
    more = cursor(found[limit - 1].id) if len(found) > limit else None
    return AuditLog(lines=[_view(line) for line in found[:limit]], next=more)


def _view(line: models.AuditLine) -> AuditLine:
    return AuditLine(
        at=line.at,
        action=line.action,
        actor=Actor(kind=line.actor_kind, name=line.actor, client=line.actor_client),
        subject=line.subject,
        before=line.before,
        after=line.after,
    )
