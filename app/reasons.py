"""The published table of error codes: what is wrong, who has to act, and how.

A `Kind` is one entry; a `Reason` is that kind with the sentence that says what was found in this case.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Who(StrEnum):
    """Who has to act."""

    PARTNER = "partner"
    CLIENT = "client"
    CALLER = "caller"
    OPERATOR = "operator"
    BANQUP = "banqup"
    NOBODY = "nobody"


_LONGEST = 2_000  # characters of a sentence


@dataclass(frozen=True)
class Kind:
    """One published error code: its HTTP status where it is answered, who acts and how."""

    code: str
    status: int
    title: str
    who: Who
    how: str

    def because(self, sentence: str, **details: Any) -> "Reason":
        """This kind of error, with what was found in this case; no stranger's text makes the sentence long."""
        return Reason(self, sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]}…", details)


@dataclass(frozen=True)
class Reason:
    """A kind of error and the sentence that says what was found."""

    kind: Kind
    sentence: str
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As stored with an export and shown to people."""
        return {
            "code": self.kind.code,
            "sentence": self.sentence,
            "who": self.kind.who.value,
            "how": self.kind.how,
            **({"details": self.details} if self.details else {}),
        }


# Calls of the REST API and the webhook.
UNAUTHENTICATED = Kind("unauthenticated", 401, "Not signed in", Who.CALLER, "Send a valid bearer token.")
FORBIDDEN = Kind("forbidden", 403, "Not allowed", Who.CALLER, "Ask for a token with the scope that is named.")
NOT_FOUND = Kind("not_found", 404, "Not found", Who.CALLER, "Check the address and the ids in it.")
METHOD_NOT_ALLOWED = Kind(
    "method_not_allowed", 405, "This address does not take this method", Who.CALLER, "Use one of the methods in Allow."
)
INVALID_REQUEST = Kind(
    "invalid_request", 422, "The request is not right", Who.CALLER, "Correct the fields that are named."
)
BAD_SIGNATURE = Kind(
    "bad_signature",
    401,
    "The message is not signed by Banqup",
    Who.BANQUP,
    "Sign the raw body with a current secret, within five minutes.",
)
UNREADABLE_MESSAGE = Kind(
    "unreadable_message",
    400,
    "The message cannot be read",
    Who.BANQUP,
    "Send the message envelope as JSON, with an id.",
)
TOO_LARGE = Kind("too_large", 413, "The body is too large", Who.CALLER, "Send at most 1 MiB.")
UNAVAILABLE = Kind(
    "temporarily_unavailable",
    503,
    "The service cannot store anything at the moment",
    Who.CALLER,
    "Send the same request again after the time in Retry-After.",
)
INTERNAL = Kind(
    "internal_error",
    500,
    "Something went wrong here",
    Who.OPERATOR,
    "Send the same request again; when it stays, tell the operator the request id.",
)

# Onboarding.
PERMISSION_MISSING = Kind(
    "permission_missing",
    422,
    "A needed permission is not confirmed",
    Who.PARTNER,
    "Confirm the permissions that are named and install again.",
)
COUNTRY_NOT_OFFERED = Kind(
    "country_not_offered",
    422,
    "The extension is not offered in this country",
    Who.OPERATOR,
    "Choose one of the countries that are named, or have EXACT_APPS extended.",
)
CONFIRMATION_REQUIRED = Kind(
    "confirmation_required",
    409,
    "Please confirm",
    Who.PARTNER,
    "Send the same request with confirm: true to stop the export for all clients.",
)
NOT_CONNECTED = Kind(
    "not_connected", 409, "Exact Online is not connected", Who.PARTNER, "Sign in with Exact Online first."
)
COMPANY_UNKNOWN = Kind(
    "company_unknown",
    404,
    "No company with this Company Code",
    Who.PARTNER,
    "Read the code top-left in Exact Online; the user who signed in must have access to that company. Then refresh the list of companies.",
)
COMPANY_AMBIGUOUS = Kind(
    "company_ambiguous",
    409,
    "Several companies have this Company Code",
    Who.PARTNER,
    "Send the client's VAT or enterprise number along, or sign in with a user who sees only one of them.",
)
COMPANY_OF_ANOTHER = Kind(
    "company_of_another_client",
    409,
    "This company is another client's",
    Who.PARTNER,
    "Check the Company Code. When it is right all the same, send override_reason.",
)
CLIENT_OF_ANOTHER = Kind(
    "client_of_another_partner",
    409,
    "Another partner exports this client",
    Who.CLIENT,
    "The client's documents go out through another Partner Space. Have the client deactivated there first.",
)
COMPANY_CLOSED = Kind(
    "company_not_usable",
    409,
    "The company cannot receive documents",
    Who.PARTNER,
    "Reactivate or unblock the company in Exact Online, or choose another one.",
)
RETURN_TO_REFUSED = Kind(
    "return_to_refused",
    422,
    "The return address is not allowed",
    Who.CALLER,
    "Send an https address of an origin in API_CORS_ORIGINS.",
)
DESTINATION_REFUSED = Kind(
    "destination_refused",
    422,
    "Notifications cannot go there",
    Who.CALLER,
    "Send an https URL whose name leads to a public address.",
)
EXACT_UNAVAILABLE = Kind(
    "exact_unavailable",
    503,
    "Exact Online does not answer",
    Who.NOBODY,
    "Nothing to do: it is tried again by itself. When it stays, look at Exact Online's status page.",
)
CONNECTION_SUPERSEDED = Kind(
    "connection_superseded",
    409,
    "The Exact account serves another Banqup space now",
    Who.PARTNER,
    "Sign in with an Exact account that serves no other Banqup space; what waits goes out by itself.",
)
STILL_QUEUED = Kind(
    "still_queued", 409, "The document is on its way already", Who.CALLER, "Nothing to do: it goes out by itself."
)
NOTHING_TO_RESEND = Kind(
    "not_resendable",
    409,
    "This export cannot be sent again now",
    Who.PARTNER,
    "Activate the client for that company, or switch the export on, then send the document again.",
)
UBL_GONE = Kind(
    "ubl_no_longer_kept",
    410,
    "The UBL is no longer kept here",
    Who.CALLER,
    "Send the document again, or download it from Exact Online or Banqup.",
)

# The sign-in page.
SIGN_IN_DENIED = Kind(
    "sign_in_denied",
    400,
    "The sign-in was cancelled",
    Who.PARTNER,
    "Start the sign-in again in Banqup and allow the access.",
)
SIGN_IN_STALE = Kind(
    "sign_in_stale",
    400,
    "This sign-in is no longer valid",
    Who.PARTNER,
    "Start the sign-in again in Banqup; it must be finished within ten minutes, once.",
)
SIGN_IN_REFUSED = Kind(
    "sign_in_refused",
    502,
    "Exact Online refused the sign-in",
    Who.PARTNER,
    "Start the sign-in again in Banqup. When it is refused again, tell the operator.",
)

# What an export waits for.
WAITS_FOR_CONNECTION = Kind(
    "connection",
    409,
    "Waits for a sign-in",
    Who.PARTNER,
    "Sign in with Exact Online again; what waits goes out by itself.",
)
RATE_LIMIT = Kind("rate_limit", 429, "Waits for Exact's limit", Who.NOBODY, "Nothing to do: it goes out by itself.")
CIRCUIT_OPEN = Kind(
    "circuit_open",
    503,
    "Waits after repeated refusals",
    Who.PARTNER,
    "Check the rights of the user who signed in and the company in Exact Online. It is tried again by itself.",
)
EXACT_REFUSES_APP = Kind(
    "exact_refuses_app",
    502,
    "Exact Online does not accept our app",
    Who.OPERATOR,
    "Check client id, secret and redirect address in EXACT_APPS.",
)
BANQUP_UNAVAILABLE = Kind(
    "banqup_unavailable", 503, "Banqup does not answer", Who.NOBODY, "Nothing to do: it is tried again by itself."
)
BANQUP_REFUSES_APP = Kind(
    "banqup_refuses_app",
    502,
    "Banqup does not accept our credentials",
    Who.OPERATOR,
    "Check BANQUP_CLIENT_ID and BANQUP_CLIENT_SECRET.",
)
CHECKING_EXACT = Kind(
    "checking_exact",
    409,
    "Being looked up in Exact",
    Who.NOBODY,
    "Nothing to do: it is checked whether Exact already has it.",
)
FAILED_HERE = Kind(
    "failed_here",
    500,
    "Something went wrong here",
    Who.OPERATOR,
    "It is tried again by itself; the log names the export.",
)

# Why an export rests in Error.
DOCUMENT_GONE = Kind(
    "document_gone",
    404,
    "Banqup no longer has the document",
    Who.CLIENT,
    "Check in Banqup whether the document still exists and the permission to read documents still stands. Then send it again.",
)
DOCUMENT_UNREADABLE = Kind(
    "document_unreadable",
    422,
    "Banqup's document cannot be read",
    Who.BANQUP,
    "Tell Banqup's support; the document's id is in this record.",
)
DOCUMENT_INVALID = Kind(
    "document_invalid",
    422,
    "The document breaks rules of Peppol BIS Billing",
    Who.CLIENT,
    "Have the document corrected by whoever issued it, then send it again.",
)
DOCUMENT_TOO_LARGE = Kind(
    "document_too_large",
    413,
    "The document is too large for Exact",
    Who.PARTNER,
    "Add it to Exact by hand; Exact takes at most 10 MB a file.",
)
EXACT_REFUSED = Kind(
    "exact_refused",
    422,
    "Exact Online refused the document",
    Who.PARTNER,
    "Mend what Exact names, then send the document again.",
)
EXACT_FORBIDS = Kind(
    "exact_forbids",
    403,
    "The Exact user may not do this",
    Who.PARTNER,
    "Give the user who signed in the right to add documents in this company, or sign in with another user. Then send again.",
)
COMPANY_GONE = Kind(
    "company_gone",
    404,
    "The Exact company cannot be reached",
    Who.PARTNER,
    "Check in Exact Online that the company is active and that the user who signed in has access to it. Then send again.",
)
EXACT_SCOPE = Kind(
    "exact_scope_missing",
    403,
    "Our app may not do this in Exact",
    Who.OPERATOR,
    "Add the scope that is named to the app's registration with Exact; every partner then signs in again.",
)
MAILBOX_MISSING = Kind(
    "mailbox_missing",
    409,
    "No digital postbox",
    Who.PARTNER,
    "Set up the company's digital postbox in Exact Online (the Mailbox module), or choose route documents for the client.",
)
REJECTED_IN_EXACT = Kind(
    "rejected_in_exact",
    422,
    "The recipient in Exact did not accept the document",
    Who.PARTNER,
    "Look at the message in the digital postbox of Exact Online, mend what is named there, then send again.",
)
PROBABLE_DUPLICATE = Kind(
    "probable_duplicate",
    409,
    "The same invoice was exported before",
    Who.PARTNER,
    "Compare both documents. Is it another invoice after all, release this export; else leave it.",
)
AFTER_ITS_INVOICE = Kind(
    "after_its_invoice",
    409,
    "Waits for the invoice it corrects",
    Who.NOBODY,
    "Nothing to do: the credit note goes out after its invoice.",
)
WAITING_DOCUMENTS = Kind(
    "waiting_documents",
    409,
    "Documents are waiting for the present company",
    Who.PARTNER,
    "Send the same request with waiting: deliver (they still go to the present company) or waiting: stop (they are not exported).",
)
UNCERTAIN = Kind(
    "uncertain_in_exact",
    409,
    "It is not certain whether Exact has it",
    Who.PARTNER,
    "Look in Exact for the subject that is named. Not there: send again. There: leave it.",
)
GAVE_UP = Kind(
    "gave_up", 504, "It did not work for 30 days", Who.PARTNER, "Mend what is named, then send the document again."
)

# Why a document is not exported.
ARRIVED_BEFORE = Kind(
    "arrived_before_activation",
    409,
    "Arrived before the activation",
    Who.NOBODY,
    "Nothing to do. Add it to Exact by hand when it is needed there.",
)
NOT_APPROVED = Kind(
    "not_approved_or_sent",
    409,
    "Not approved or sent",
    Who.CLIENT,
    "Approve or send the document in Banqup; it is exported then.",
)
NOT_AN_INVOICE = Kind("not_an_invoice", 409, "Neither an invoice nor a credit note", Who.NOBODY, "Nothing to do.")
DEACTIVATED = Kind(
    "deactivated",
    409,
    "The export was switched off",
    Who.PARTNER,
    "Nothing to do. After a new activation it can be sent again.",
)
COMPANY_CHANGED = Kind(
    "company_changed",
    409,
    "The client's company was changed",
    Who.PARTNER,
    "Add it to the client's present company by hand when it belongs there.",
)

KINDS: tuple[Kind, ...] = tuple(value for value in dict(globals()).values() if isinstance(value, Kind))
