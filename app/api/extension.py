"""What the launcher shows before the extension is installed."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.api.services import ServicesDep
from app.onboarding import PERMISSIONS

router = APIRouter(prefix="/v1", tags=["Extension"])

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
    """A country of Exact Online in which the extension can be installed."""

    code: str = Field(examples=["be"])
    name: str = Field(examples=["Belgium"])


class Permission(BaseModel):
    """A permission in Banqup that the extension needs."""

    id: str = Field(examples=["documents:read"])
    why: str = Field(description="What it is needed for.")


class Extension(BaseModel):
    """The extension as the launcher shows it."""

    name: str = Field(examples=["Exact Online"])
    description: str
    countries: list[Country]
    permissions: list[Permission]


@router.get("/extension", summary="What the extension is and needs")
async def get_extension(services: ServicesDep) -> Extension:
    """Public: name, description, the countries it is offered in, the Banqup permissions it needs and why."""
    return Extension(
        name="Exact Online",
        description=(
            "Approved purchase documents and sent sales documents of your clients go to Exact Online by themselves, "
            "as Peppol BIS Billing 3.0 UBL."
        ),
        countries=[Country(code=code, name=_COUNTRIES[code]) for code in sorted(services.settings.exact_apps)],
        permissions=[Permission(id=name, why=why) for name, why in PERMISSIONS.items()],
    )
