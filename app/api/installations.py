"""The extension in a Partner Space: install, read, switch on and off, uninstall."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.callers import AuthenticatedRoute, ManagedSpace, Manager, ReadSpace
from app.api.fields import Body, Confirm, Country, Moment, Word
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
from app.vocabulary import Cutoff, En16931Policy, PartnerConnection

router = APIRouter(prefix="/v1", tags=["Installation"], route_class=AuthenticatedRoute)

_CUTOFF = (
    "Which documents an activation covers: `arrival` covers those that arrive in Banqup after it, `event` those that "
    "are approved or sent after it."
)
_EN16931 = (
    "Whether documents of grade `en16931` go to Exact, or wait in error until a person releases them: `deliver` or "
    "`hold`."
)
_SWITCH_OFF = CONFIRMATION_REQUIRED.because(
    "This stops the export. Active clients: 12. Waiting documents left out: 3.", clients=12, waiting=3
)


class NewInstallation(Body):
    """Where to install, and which permissions the partner confirmed."""

    partner_space_id: UUID
    country: Country = Field(description="A country code from `GET /v1/extension`.", examples=["be"])
    permissions: Annotated[list[Word], Field(max_length=50)] = Field(
        description="The Banqup permissions confirmed by the partner.", examples=[list(PERMISSIONS)]
    )
    partner_name: Word | None = Field(
        default=None,
        description="The name of the partner's firm, shown before each sign-in to Exact.",
        examples=["Peeters & Partners"],
    )


class InstallationUpdate(Body):
    """The change; at least one of `active`, `cutoff` and `en16931` is required."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["active"], "properties": {"active": {"type": "boolean"}}},
                {"required": ["cutoff"], "properties": {"cutoff": {"type": "string"}}},
                {"required": ["en16931"], "properties": {"en16931": {"type": "string"}}},
            ]
        }
    )

    active: bool | None = Field(default=None, description="Switch the export on or off for all clients.")
    confirm: bool = Field(default=False, description="Required to switch off: waiting documents are then not exported.")
    cutoff: Cutoff | None = Field(default=None, description=_CUTOFF)
    en16931: En16931Policy | None = Field(default=None, description=_EN16931)

    @model_validator(mode="after")
    def _expect_a_change(self) -> "InstallationUpdate":
        if self.active is None and self.cutoff is None and self.en16931 is None:
            raise ValueError("active, cutoff or en16931 is required")
        return self


class Installation(BaseModel):
    """The extension in a Partner Space."""

    partner_space_id: UUID
    partner_name: str | None = Field(default=None, description="The name of the partner's firm, if it was given.")
    country: str = Field(examples=["be"])
    active: bool = Field(description="Whether the active clients' documents are exported.")
    cutoff: Cutoff = Field(description=_CUTOFF)
    en16931: En16931Policy = Field(description=_EN16931)
    permissions: list[str] = Field(description="The permissions confirmed at installation.")
    installed_at: Moment
    connection: PartnerConnection
    clients: int = Field(description="Number of active clients.", examples=[12])
    waiting: int = Field(description="Number of documents still queued.", examples=[3])


@router.post(
    "/installations",
    summary="Install the extension",
    status_code=status.HTTP_201_CREATED,
    responses={
        200: {"description": "Already installed; nothing changed.", "model": Installation},
        **documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, COUNTRY_NOT_OFFERED, PERMISSION_MISSING),
    },
)
async def install(body: NewInstallation, caller: Manager, services: ServicesDep, response: Response) -> Installation:
    """Install the extension in a Partner Space. Exports start once Exact is connected and clients are active."""
    space = caller.expect_space(body.partner_space_id)
    _, new = await services.onboarding.install(
        space, country=body.country, permissions=body.permissions, partner_name=body.partner_name
    )
    response.status_code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
    return await _view(services, space)


@router.get(
    "/installations/{partner_space_id}",
    summary="Read the installation",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_installation(space: ReadSpace, services: ServicesDep) -> Installation:
    """Return the country, the connection state, the number of active clients and of queued documents."""
    return await _view(services, space)


@router.patch(
    "/installations/{partner_space_id}",
    summary="Switch the export on or off, or change what it covers",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, switch_off=_SWITCH_OFF),
)
async def update_installation(space: ManagedSpace, body: InstallationUpdate, services: ServicesDep) -> Installation:
    """Change the installation for all clients at once. Switching on starts a new activation for each client."""
    if body.active is not None:
        await services.onboarding.toggle(space, active=body.active, confirmed=body.confirm)
    if body.cutoff is not None:
        await services.onboarding.set_cutoff(space, body.cutoff)
    if body.en16931 is not None:
        await services.onboarding.set_en16931(space, body.en16931)
    return await _view(services, space)


@router.delete(
    "/installations/{partner_space_id}",
    summary="Uninstall the extension",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, switch_off=_SWITCH_OFF),
)
async def uninstall(space: ManagedSpace, services: ServicesDep, confirm: Confirm = False) -> None:
    """Erase the tokens, end every activation and leave queued documents unexported. Documents in Exact stay there."""
    await services.onboarding.uninstall(space, confirmed=confirm)


async def _view(services: Services, space: UUID) -> Installation:
    async with services.sessions() as session:
        found = await records.overview(session, await expect_installation(session, space))
    return Installation(
        partner_space_id=found.installation.partner_space_id,
        partner_name=found.installation.partner_name,
        country=found.installation.country,
        active=found.installation.active,
        cutoff=found.installation.cutoff,
        en16931=found.installation.en16931,
        permissions=found.installation.permissions,
        installed_at=found.installation.installed_at,
        connection=found.connection,
        clients=found.clients,
        waiting=found.waiting,
    )
