"""The clients of a partner, each bound to one Exact company by its Company Code."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, status
from pydantic import BaseModel, Field

from app.api.callers import AuthenticatedRoute, ManagedClient, ManagedSpace, ReadSpace
from app.api.companies import Company, from_row
from app.api.fields import Body, CompanyCode, MailboxName, Moment, Number, Sentence
from app.api.problems import documented
from app.api.services import Services, ServicesDep
from app.onboarding import ClientBinding
from app.partners.installations import expect_installation
from app.queries import records
from app.reasons import (
    BANQUP_REFUSES_APP,
    BANQUP_UNAVAILABLE,
    CLIENT_OF_ANOTHER,
    COMPANY_AMBIGUOUS,
    COMPANY_CLOSED,
    COMPANY_OF_ANOTHER,
    COMPANY_UNKNOWN,
    EXACT_UNAVAILABLE,
    FORBIDDEN,
    INVALID_REQUEST,
    NOT_CONNECTED,
    NOT_FOUND,
    RATE_LIMIT,
    UNAUTHENTICATED,
    WAITING_DOCUMENTS,
)
from app.vocabulary import RelationPolicy, RouteName, WaitingPolicy

router = APIRouter(prefix="/v1/installations/{partner_space_id}", tags=["Clients"], route_class=AuthenticatedRoute)

ClientId = Annotated[UUID, Path(description="The client's Business Space.")]
_RELATION = (
    "Whether to link documents to the other party's relation in Exact, found by VAT or enterprise number: `none` never "
    "links, `link` uses an existing relation, `create` also adds a missing one."
)
_NUMBER = "The client's number. It must match the company's, and chooses between companies with the same code."
_ROUTE = "How documents reach Exact: as `documents` with the UBL attached, or through the company's `postbox`."
_AMBIGUOUS = COMPANY_AMBIGUOUS.because(
    "2 companies have the Company Code 1.",
    candidates=[
        {"division": 100001, "name": "Peeters Accountancy BV", "customer": "Peeters", "vat_number": "BE0712345630"},
        {"division": 200001, "name": "Lambert Conseil SRL", "customer": "Lambert Conseil", "vat_number": None},
    ],
)

_WAITING = WAITING_DOCUMENTS.because(
    "Documents waiting for Bakkerij Janssens BV: 3.", waiting=3, company="Bakkerij Janssens BV"
)


class ActivationRequest(Body):
    """The Exact company for a client's documents."""

    company_code: CompanyCode = Field(description="As shown at the top left of Exact Online.", examples=["2"])
    vat_number: Number | None = Field(
        default=None,
        description=_NUMBER,
        examples=["BE0723456780"],
    )
    enterprise_number: Number | None = Field(
        default=None,
        description=_NUMBER,
        examples=["0723456780"],
    )
    route: RouteName = Field(default="documents", description=_ROUTE)
    relation: RelationPolicy = Field(default="none", description=_RELATION)
    category: UUID | None = Field(default=None, description="Document category in Exact.")
    folder: UUID | None = Field(default=None, description="Document folder in Exact.")
    mailbox: MailboxName | None = Field(
        default=None,
        description=(
            "The receiving mailbox for route `postbox`, by its address or ID in Exact. By default the company's own, "
            "else one that serves all companies."
        ),
        examples=["garage-maes@exactonline.be"],
    )
    override_reason: Sentence | None = Field(
        default=None,
        description="Why this company is correct although its numbers differ from the client's. It is recorded.",
    )
    waiting: WaitingPolicy | None = Field(
        default=None,
        description=(
            "Required to change the company while documents wait for the current one: `deliver` sends them to the "
            "current company, `stop` leaves them unexported."
        ),
    )


class Client(BaseModel):
    """An active client and the Exact company for its documents."""

    business_space_id: UUID
    company: Company
    route: RouteName = Field(description=_ROUTE)
    relation: RelationPolicy = Field(description=_RELATION)
    category: UUID | None = None
    folder: UUID | None = None
    mailbox: str | None = None
    vat_number: str | None = None
    enterprise_number: str | None = None
    override_reason: str | None = None
    activated_at: Moment = Field(description="Documents that arrived earlier are not exported.")


class Clients(BaseModel):
    """The active clients, ordered by company name."""

    clients: list[Client]


@router.put(
    "/clients/{business_space_id}",
    summary="Activate a client, or change its company",
    responses={
        201: {"description": "The client has been activated.", "model": Client},
        **documented(
            UNAUTHENTICATED,
            FORBIDDEN,
            NOT_FOUND,
            COMPANY_UNKNOWN,
            NOT_CONNECTED,
            CLIENT_OF_ANOTHER,
            COMPANY_OF_ANOTHER,
            COMPANY_CLOSED,
            INVALID_REQUEST,
            RATE_LIMIT,
            EXACT_UNAVAILABLE,
            BANQUP_UNAVAILABLE,
            BANQUP_REFUSES_APP,
            ambiguous=_AMBIGUOUS,
            waiting=_WAITING,
        ),
    },
)
async def activate_client(
    space: ManagedSpace,
    business_space_id: ManagedClient,
    body: ActivationRequest,
    services: ServicesDep,
    response: Response,
) -> Client:
    """Bind a client to the Exact company with this Company Code and return the binding.

    Details that the body leaves out keep their values; another company keeps route, relation and numbers.
    Repeating the company changes only the details. Naming another company starts a new activation.
    """
    left_out = frozenset(type(body).model_fields) - body.model_fields_set - {"waiting"}
    binding = ClientBinding(**body.model_dump(exclude={"waiting"}), left_out=left_out)
    _, new = await services.onboarding.activate(space, business_space_id, binding, waiting=body.waiting)
    response.status_code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
    return await _one(services, space, business_space_id)


@router.get(
    "/clients",
    summary="List the active clients",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def list_clients(space: ReadSpace, services: ServicesDep) -> Clients:
    """Return every client whose documents are exported, with its company."""
    async with services.sessions() as session:
        found = await records.clients(session, await expect_installation(session, space))
    return Clients(clients=[_view(client) for client in found])


@router.get(
    "/clients/{business_space_id}",
    summary="Read one client",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_client(space: ReadSpace, business_space_id: ClientId, services: ServicesDep) -> Client:
    """Return the client's company, route and activation time."""
    return await _one(services, space, business_space_id)


@router.delete(
    "/clients/{business_space_id}",
    summary="Deactivate a client",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def deactivate_client(space: ManagedSpace, business_space_id: ManagedClient, services: ServicesDep) -> None:
    """Stop exporting this client. Waiting documents are recorded as not exported; documents in Exact stay there."""
    await services.onboarding.deactivate(space, business_space_id)


async def _one(services: Services, space: UUID, business_space_id: UUID) -> Client:
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
        return _view(await records.client(session, installation, business_space_id))


def _view(client: records.Client) -> Client:
    activation = client.activation
    return Client(
        business_space_id=activation.business_space_id,
        company=from_row(client.company) if client.company else _as_activated(client),
        route=activation.route,
        relation=activation.relation,
        category=activation.category,
        folder=activation.folder,
        mailbox=activation.mailbox,
        vat_number=activation.vat_number,
        enterprise_number=activation.enterprise_number,
        override_reason=activation.override_reason,
        activated_at=activation.activated_at,
    )


def _as_activated(client: records.Client) -> Company:
    """Return the company as of the activation, if the signed-in user no longer has access to it."""
    activation = client.activation
    return Company(code=activation.company_code, division=activation.division, name=activation.company_name)
