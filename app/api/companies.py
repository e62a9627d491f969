"""The Exact companies that the signed-in user may open."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.callers import AuthenticatedRoute, ReadSpace
from app.api.problems import documented
from app.api.services import ServicesDep
from app.exact.companies import ExactCompany
from app.reasons import (
    EXACT_UNAVAILABLE,
    FORBIDDEN,
    INVALID_REQUEST,
    NOT_CONNECTED,
    NOT_FOUND,
    RATE_LIMIT,
    UNAUTHENTICATED,
)
from app.storage import models

router = APIRouter(prefix="/v1/installations/{partner_space_id}", tags=["Clients"], route_class=AuthenticatedRoute)

Status = Literal["active", "inactive", "archived", "blocked"]


class Company(BaseModel):
    """A company (administration) in Exact Online."""

    code: str = Field(description="The Company Code, as people read it top-left in Exact Online.", examples=["2"])
    division: int = Field(description="Exact's key of the company, as in its addresses.", examples=[100002])
    name: str = Field(examples=["Bakkerij Janssens BV"])
    customer_name: str | None = Field(default=None, description="The Exact customer that the company belongs to.")
    vat_number: str | None = Field(default=None, examples=["BE0723456780"])
    enterprise_number: str | None = Field(default=None, examples=["0723456780"])
    country: str | None = Field(default=None, examples=["BE"])
    currency: str | None = Field(default=None, examples=["EUR"])
    status: Status | None = Field(
        default=None,
        description="Only `active` companies can receive documents. Null where the present user does not see it.",
    )


class Companies(BaseModel):
    """The companies, by name."""

    companies: list[Company]


def view(company: ExactCompany) -> Company:
    """A company as callers see it."""
    return Company(**asdict(company))


def listed(company: models.Company) -> Company:
    """A company as it was last listed."""
    names = Company.model_fields
    return Company(**{name: getattr(company, name) for name in names})


@router.get(
    "/companies",
    summary="The companies that can be chosen",
    responses=documented(
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        INVALID_REQUEST,
        NOT_CONNECTED,
        RATE_LIMIT,
        EXACT_UNAVAILABLE,
    ),
)
async def list_companies(
    space: ReadSpace,
    services: ServicesDep,
    refresh: Annotated[bool, Query(description="Ask Exact anew instead of giving the list as last fetched.")] = False,
) -> Companies:
    """What the user who signed in may open in Exact Online, also what is archived or blocked there."""
    found = await services.onboarding.companies(space, refresh=refresh)
    return Companies(companies=[view(company) for company in found])
