"""The Exact companies the signed-in user has access to."""

from dataclasses import asdict
from typing import Annotated

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
from app.vocabulary import CompanyStatus

router = APIRouter(prefix="/v1/installations/{partner_space_id}", tags=["Clients"], route_class=AuthenticatedRoute)


class Company(BaseModel):
    """A company (administration) in Exact Online."""

    code: str = Field(description="The Company Code, as shown at the top left of Exact Online.", examples=["2"])
    division: int = Field(description="Exact's key of the company, as in its URLs.", examples=[100002])
    name: str = Field(examples=["Bakkerij Janssens BV"])
    customer_name: str | None = Field(default=None, description="The Exact customer who owns the company.")
    vat_number: str | None = Field(default=None, examples=["BE0723456780"])
    enterprise_number: str | None = Field(default=None, examples=["0723456780"])
    country: str | None = Field(default=None, examples=["BE"])
    currency: str | None = Field(default=None, examples=["EUR"])
    status: CompanyStatus | None = Field(
        default=None,
        description="Only `active` companies can receive documents. Null if the signed-in user has no access to it.",
    )


class Companies(BaseModel):
    """The companies, ordered by name."""

    companies: list[Company]


def from_exact(company: ExactCompany) -> Company:
    """Return a company as callers see it."""
    return Company(**asdict(company))


def from_row(company: models.Company) -> Company:
    """Return a stored company as callers see it."""
    names = Company.model_fields
    return Company(**{name: getattr(company, name) for name in names})


@router.get(
    "/companies",
    summary="List the companies",
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
    refresh: Annotated[
        bool, Query(description="Fetch the list from Exact instead of returning the cached one.")
    ] = False,
) -> Companies:
    """Return every company the signed-in user has access to, including archived and blocked ones."""
    found = await services.onboarding.companies(space, refresh=refresh)
    return Companies(companies=[from_exact(company) for company in found])
