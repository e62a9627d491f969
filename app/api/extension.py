"""The public description of the extension, shown by the launcher before installation."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.api.problems import documented
from app.api.services import ServicesDep
from app.api.strict_routes import StrictRoute
from app.onboarding import PERMISSIONS
from app.reasons import INVALID_REQUEST

router = APIRouter(prefix="/v1", tags=["Extension"], route_class=StrictRoute)

DESCRIPTION = (
    "Exports your clients' approved purchase documents and sent sales documents to Exact Online automatically, as "
    "Peppol BIS Billing 3.0 UBL."
)
_COUNTRIES = {
    "be": "Belgium",
    "nl": "the Netherlands",
    "de": "Germany",
    "fr": "France",
    "es": "Spain",
    "uk": "the United Kingdom",
    "com": "other countries",
}


class Country(BaseModel):
    """A country where the extension is available."""

    code: str = Field(examples=["be"])
    name: str = Field(examples=["Belgium"])


class Permission(BaseModel):
    """A Banqup permission required by the extension."""

    id: str = Field(examples=["documents:read"])
    why: str = Field(description="Why the extension needs it.")


class Extension(BaseModel):
    """The extension, as shown by the launcher."""

    name: str = Field(examples=["Exact Online"])
    description: str
    countries: list[Country]
    permissions: list[Permission]


@router.get("/extension", summary="Read what the extension does and needs", responses=documented(INVALID_REQUEST))
async def get_extension(services: ServicesDep) -> Extension:
    """Return the name, description, available countries and required Banqup permissions. Public."""
    return Extension(
        name="Exact Online",
        description=DESCRIPTION,
        countries=[Country(code=code, name=_COUNTRIES[code]) for code in sorted(services.settings.exact_apps)],
        permissions=[Permission(id=name, why=why) for name, why in PERMISSIONS.items()],
    )
