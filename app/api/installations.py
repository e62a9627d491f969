"""The extension in a Partner Space: install, look, switch on and off, uninstall."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.callers import AuthenticatedRoute, ManagedSpace, Manager, ReadSpace
from app.api.fields import Body, Country, Moment, Word
from app.api.problems import documented
from app.api.services import Services, ServicesDep
from app.onboarding import PERMISSIONS
from app.partners.installations import expect_installation
from app.queries import records
from app.reasons import (
    CONFIRMATION_REQUIRED,
    COUNTRY_NOT_OFFERED,
    FORBIDDEN,
    INVALID_REQUEST,
    NOT_FOUND,
    PERMISSION_MISSING,
    UNAUTHENTICATED,
)

router = APIRouter(prefix="/v1", tags=["Installation"], route_class=AuthenticatedRoute)

Cutoff = Literal["arrival", "event"]
_CUTOFF = (
    "Which documents go out after an activation: `arrival`, those that arrive in Banqup after it; `event`, those that "
    "are approved or sent after it."
)
_SWITCH_OFF = CONFIRMATION_REQUIRED.because(
    "This stops the export for 12 clients; 3 documents that wait are not exported.", clients=12, waiting=3
)


class NewInstallation(Body):
    """Where to install, and what the partner has confirmed."""

    partner_space_id: UUID
    country: Country = Field(description="A country of `GET /v1/extension`.", examples=["be"])
    permissions: Annotated[list[Word], Field(max_length=50)] = Field(
        description="The Banqup permissions that the partner has confirmed.", examples=[list(PERMISSIONS)]
    )


class InstallationUpdate(Body):
    """What to change; at least one of `active` and `cutoff`."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["active"], "properties": {"active": {"type": "boolean"}}},
                {"required": ["cutoff"], "properties": {"cutoff": {"type": "string"}}},
            ]
        }
    )

    active: bool | None = Field(default=None, description="Export of all clients on or off.")
    confirm: bool = Field(default=False, description="Needed to switch off: what waits is not exported then.")
    cutoff: Cutoff | None = Field(default=None, description=_CUTOFF)

    @model_validator(mode="after")
    def _something(self) -> "InstallationUpdate":
        if self.active is None and self.cutoff is None:
            raise ValueError("active or cutoff is needed")
        return self


class Installation(BaseModel):
    """The extension in a Partner Space."""

    partner_space_id: UUID
    country: str = Field(examples=["be"])
    active: bool = Field(description="Whether documents of the active clients are exported.")
    cutoff: Cutoff = Field(description=_CUTOFF)
    permissions: list[str] = Field(description="As confirmed at the installation.")
    installed_at: Moment
    connection: Literal["missing", "connected", "needs_sign_in", "superseded"]
    clients: int = Field(description="Active clients.", examples=[12])
    waiting: int = Field(description="Documents that have not gone out yet.", examples=[3])


@router.post(
    "/installations",
    summary="Install in a Partner Space",
    status_code=status.HTTP_201_CREATED,
    responses={
        200: {"description": "It stood already; nothing has changed.", "model": Installation},
        **documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, COUNTRY_NOT_OFFERED, PERMISSION_MISSING),
    },
)
async def install(wanted: NewInstallation, caller: Manager, services: ServicesDep, response: Response) -> Installation:
    """Install the extension for all clients of a partner; documents flow once Exact is connected and clients active."""
    space = caller.expect_space(wanted.partner_space_id)
    _, new = await services.onboarding.install(space, country=wanted.country, permissions=wanted.permissions)
    response.status_code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
    return await _view(services, space)


@router.get(
    "/installations/{partner_space_id}",
    summary="How the installation stands",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_installation(space: ReadSpace, services: ServicesDep) -> Installation:
    """Country, on or off, the state of the connection, how many clients are active and how many documents wait."""
    return await _view(services, space)


@router.patch(
    "/installations/{partner_space_id}",
    summary="Switch on or off, or change the cut-off",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, switch_off=_SWITCH_OFF),
)
async def update_installation(space: ManagedSpace, wanted: InstallationUpdate, services: ServicesDep) -> Installation:
    """For all clients at once. Switched on again, each client begins a new activation with this moment."""
    if wanted.active is not None:
        await services.onboarding.toggle(space, active=wanted.active, confirmed=wanted.confirm)
    if wanted.cutoff is not None:
        await services.onboarding.set_cutoff(space, wanted.cutoff)
    return await _view(services, space)


@router.delete(
    "/installations/{partner_space_id}",
    summary="Uninstall",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def uninstall(space: ManagedSpace, services: ServicesDep) -> None:
    """Erase the tokens, stop what waits and end every activation; what was exported stays in Exact."""
    await services.onboarding.uninstall(space)


async def _view(services: Services, space: UUID) -> Installation:
    async with services.sessions() as session:
        found = await records.overview(session, await expect_installation(session, space))
    return Installation(
        partner_space_id=found.installation.partner_space_id,
        country=found.installation.country,
        active=found.installation.active,
        cutoff=found.installation.cutoff,  # type: ignore[arg-type]
        permissions=found.installation.permissions,
        installed_at=found.installation.installed_at,
        connection=found.connection,  # type: ignore[arg-type]
        clients=found.clients,
        waiting=found.waiting,
    )
