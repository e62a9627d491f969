"""The connection to Exact Online: start a sign-in, read the connection, remove it."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, status
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from app.api.callers import AuthenticatedRoute, ManagedSpace, ReadSpace
from app.api.fields import Body, Confirm, Moment, Reason, Word, reason
from app.api.problems import documented
from app.api.services import ServicesDep
from app.partners.installations import expect_installation
from app.queries import records
from app.reasons import (
    CONFIRMATION_REQUIRED,
    COUNTRY_NOT_OFFERED,
    FORBIDDEN,
    INVALID_REQUEST,
    NOT_FOUND,
    RETURN_TO_REFUSED,
    UNAUTHENTICATED,
)
from app.vocabulary import PartnerConnection

router = APIRouter(prefix="/v1/installations/{partner_space_id}", tags=["Connection"], route_class=AuthenticatedRoute)

_DISCONNECT = CONFIRMATION_REQUIRED.because(
    "This stops the export. Active clients: 12. Waiting documents kept until a new sign-in: 3.", clients=12, waiting=3
)


def _expect_parsable(text: str) -> str:
    """Raise ValueError if the address cannot be parsed."""
    urlsplit(text)
    return text


# Printable ASCII only: the address goes into a header of the redirect.
Address = Annotated[
    str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$"), AfterValidator(_expect_parsable)
]


class SignInRequest(Body):
    """Where to send the browser after the sign-in, and who will be connected."""

    return_to: Address | None = Field(
        default=None,
        description=(
            "An address whose origin is in API_CORS_ORIGINS; we add `exact_online=connected` to its query. Without it "
            "the partner sees our confirmation page."
        ),
        examples=["https://partner.example/extensions/exact"],
    )
    partner_name: Word | None = Field(
        default=None,
        description=(
            "The name of the partner's firm, shown before the sign-in as given by you. If BANQUP_CLIENTS is set and "
            "Banqup knows the name, the page shows Banqup's."
        ),
        examples=["Peeters & Partners"],
    )


class StartedSignIn(BaseModel):
    """Where to sign in, and by when the sign-in must be finished."""

    authorization_url: str = Field(
        description="Our page, which names the Partner Space and its firm; its button leads to Exact.",
        examples=["https://exact.example/oauth/exact-online/start?state=…"],
    )
    expires_at: Moment


class ExactUser(BaseModel):
    """The signed-in Exact user."""

    name: str = Field(examples=["Anna Peeters"])
    login: str = Field(examples=["anna@peeters.example"])


class Connection(BaseModel):
    """The sign-in to Exact Online and its state."""

    state: PartnerConnection = Field(
        description=(
            "`missing`: no sign-in yet. `needs_sign_in`: Exact no longer accepts the sign-in; documents wait. "
            "`superseded`: the same Exact user signed in for another Banqup space; documents wait."
        )
    )
    user: ExactUser | None = None
    connected_at: Moment | None = Field(default=None, description="When this user signed in.")
    since: Moment | None = Field(default=None, description="When the connection entered this state.")
    companies_listed_at: Moment | None = Field(default=None, description="When the companies were last listed.")
    reason: Reason | None = Field(default=None, description="What to do; null if no action is needed.")


@router.post(
    "/sign-in",
    summary="Start a sign-in to Exact Online",
    responses=documented(
        UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, RETURN_TO_REFUSED, COUNTRY_NOT_OFFERED
    ),
)
async def start_sign_in(space: ManagedSpace, services: ServicesDep, body: SignInRequest | None = None) -> StartedSignIn:
    """Return the address to open in a browser. It works once, for this installation, within ten minutes.

    The browser in which the button is pressed must finish the sign-in. An installation keeps the newest five that are
    under way; uninstalling or removing the connection ends them all.
    """
    wanted = body or SignInRequest()
    url, sign_in = await services.sign_in.start(space, return_to=wanted.return_to, partner_name=wanted.partner_name)
    return StartedSignIn(authorization_url=url, expires_at=sign_in.expires_at)


@router.get(
    "/connection",
    summary="Read the connection to Exact Online",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_connection(space: ReadSpace, services: ServicesDep) -> Connection:
    """Return who signed in and when, and what to do if the connection is broken."""
    async with services.sessions() as session:
        found = await records.connection_status(session, await expect_installation(session, space))
    given = found.connection
    if given is None:
        return Connection(state="missing", reason=reason(found.reason))
    return Connection(
        state=found.state,
        user=ExactUser(name=given.full_name, login=given.user_name),
        connected_at=given.connected_at,
        since=given.state_since,
        companies_listed_at=given.companies_at,
        reason=reason(found.reason),
    )


@router.delete(
    "/connection",
    summary="Remove the connection",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, disconnect=_DISCONNECT),
)
async def disconnect(space: ManagedSpace, services: ServicesDep, confirm: Confirm = False) -> None:
    """Erase the sign-in and its tokens. Waiting documents go out after the next sign-in."""
    await services.sign_in.disconnect(space, confirmed=confirm)
