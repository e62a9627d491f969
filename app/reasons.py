"""The published error codes: what is wrong, who has to act, and how.

A `Kind` is one published code; a `Reason` is a kind with a sentence about one case.
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
    """One published error code: its HTTP status, who acts and how."""

    code: str
    status: int
    title: str
    who: Who
    how: str

    def because(self, sentence: str, **details: Any) -> "Reason":
        """Return a reason of this kind, with the sentence cut so that quoted input cannot make it long."""
        return Reason(self, sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]}…", details)


@dataclass(frozen=True)
class Reason:
    """A kind of error and a sentence about this case."""

    kind: Kind
    sentence: str
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the form stored with an export and shown to people."""
        return {
            "code": self.kind.code,
            "sentence": self.sentence,
            "who": self.kind.who.value,
            "how": self.kind.how,
            **({"details": self.details} if self.details else {}),
        }


# Calls to the REST API and the webhook.
UNAUTHENTICATED = Kind("unauthenticated", 401, "Not authenticated", Who.CALLER, "Send a valid bearer token.")
FORBIDDEN = Kind("forbidden", 403, "Not allowed", Who.CALLER, "Request a token with the named scope.")
NOT_FOUND = Kind("not_found", 404, "Not found", Who.CALLER, "Check the address and the IDs in it.")
METHOD_NOT_ALLOWED = Kind(
    "method_not_allowed", 405, "Method not allowed", Who.CALLER, "Use a method listed in the Allow header."
)
INVALID_REQUEST = Kind("invalid_request", 422, "Invalid request", Who.CALLER, "Correct the named fields.")
BAD_SIGNATURE = Kind(
    "bad_signature",
    401,
    "Invalid message signature",
    Who.BANQUP,
    "Sign the raw body with a current secret and deliver it within five minutes.",
)
UNREADABLE_MESSAGE = Kind(
    "unreadable_message",
    400,
    "Unreadable message",
    Who.BANQUP,
    "Send the message envelope as JSON, with an id.",
)
TOO_LARGE = Kind("too_large", 413, "Request body too large", Who.CALLER, "Send at most 1 MiB.")
UNAVAILABLE = Kind(
    "temporarily_unavailable",
    503,
    "Service temporarily unavailable",
    Who.CALLER,
    "Repeat the request after the time in Retry-After.",
)
INTERNAL = Kind(
    "internal_error",
    500,
    "Internal error",
    Who.OPERATOR,
    "Repeat the request. If it fails again, contact support with the request ID.",
)

# Onboarding.
PERMISSION_MISSING = Kind(
    "permission_missing",
    422,
    "A required permission is not confirmed",
    Who.PARTNER,
    "Confirm the named permissions, then install again.",
)
COUNTRY_NOT_OFFERED = Kind(
    "country_not_offered",
    422,
    "The extension is not available in this country",
    Who.OPERATOR,
    "Choose one of the named countries, or add this one to EXACT_APPS.",
)
CONFIRMATION_REQUIRED = Kind(
    "confirmation_required",
    409,
    "Confirmation required",
    Who.PARTNER,
    "To stop the export for all clients, repeat the request with confirm: true.",
)
NOT_CONNECTED = Kind("not_connected", 409, "Exact Online is not connected", Who.PARTNER, "Sign in to Exact Online.")
COMPANY_UNKNOWN = Kind(
    "company_unknown",
    404,
    "Unknown Company Code",
    Who.PARTNER,
    "Check the code at the top left of Exact Online, and that the signed-in user has access to the company. Then refresh the list of companies.",
)
COMPANY_AMBIGUOUS = Kind(
    "company_ambiguous",
    409,
    "Several companies have this Company Code",
    Who.PARTNER,
    "Add the client's VAT or enterprise number, or sign in as a user who has access to only one of them.",
)
COMPANY_OF_ANOTHER = Kind(
    "company_of_another_client",
    409,
    "This company belongs to another client",
    Who.PARTNER,
    "Check the Company Code. If it is correct, send override_reason.",
)
CLIENT_OF_ANOTHER = Kind(
    "client_of_another_partner",
    409,
    "Another partner exports this client",
    Who.CLIENT,
    "Have this client deactivated in the other Partner Space first.",
)
COMPANY_CLOSED = Kind(
    "company_not_usable",
    409,
    "The company cannot receive documents",
    Who.PARTNER,
    "Reactivate or unblock the company in Exact Online, or choose another one.",
)
WAITING_DOCUMENTS = Kind(
    "waiting_documents",
    409,
    "Documents are waiting for the current company",
    Who.PARTNER,
    "Repeat the request with waiting: deliver to send them to the current company, or waiting: stop to leave them out.",
)
RETURN_TO_REFUSED = Kind(
    "return_to_refused",
    422,
    "Return address not allowed",
    Who.CALLER,
    "Send an https address whose origin is in API_CORS_ORIGINS.",
)
DESTINATION_REFUSED = Kind(
    "destination_refused",
    422,
    "Notification URL not allowed",
    Who.CALLER,
    "Send an https URL whose host resolves to a public address.",
)
EXACT_UNAVAILABLE = Kind(
    "exact_unavailable",
    503,
    "Exact Online does not respond",
    Who.NOBODY,
    "We retry documents automatically. If this persists, check Exact Online's status page.",
)
CONNECTION_SUPERSEDED = Kind(
    "connection_superseded",
    409,
    "This Exact account now serves another Banqup space",
    Who.PARTNER,
    "Sign in with an Exact account that serves no other Banqup space. Waiting documents then go out automatically.",
)
STILL_QUEUED = Kind(
    "still_queued",
    409,
    "The document is already on its way",
    Who.CALLER,
    "No action needed: the document goes out automatically.",
)
NOTHING_TO_RESEND = Kind(
    "not_resendable",
    409,
    "This export cannot be resent now",
    Who.PARTNER,
    "Activate the client for that company, or switch the export on. Then resend the document.",
)
UBL_GONE = Kind(
    "ubl_no_longer_kept",
    410,
    "The UBL is no longer available here",
    Who.CALLER,
    "Resend the document, or download it from Exact Online or Banqup.",
)

# The sign-in page.
SIGN_IN_DENIED = Kind(
    "sign_in_denied",
    400,
    "The sign-in was cancelled",
    Who.PARTNER,
    "Start the sign-in again in Banqup and allow access.",
)
SIGN_IN_STALE = Kind(
    "sign_in_stale",
    400,
    "This sign-in is no longer valid",
    Who.PARTNER,
    "Start the sign-in again in Banqup and finish it within ten minutes.",
)
SIGN_IN_REFUSED = Kind(
    "sign_in_refused",
    502,
    "Exact Online refused the sign-in",
    Who.PARTNER,
    "Start the sign-in again in Banqup. If it is refused again, contact support.",
)

# What an export waits for.
WAITS_FOR_CONNECTION = Kind(
    "connection",
    409,
    "Waiting for a sign-in",
    Who.PARTNER,
    "Sign in to Exact Online again. Waiting documents then go out automatically.",
)
RATE_LIMIT = Kind(
    "rate_limit",
    429,
    "Waiting for Exact's rate limit",
    Who.NOBODY,
    "No action needed: waiting documents go out when the limit resets.",
)
CIRCUIT_OPEN = Kind(
    "circuit_open",
    503,
    "Paused after repeated refusals",
    Who.PARTNER,
    "Check the company and the rights of the signed-in user in Exact Online. We retry automatically.",
)
EXACT_REFUSES_APP = Kind(
    "exact_refuses_app",
    502,
    "Exact Online rejects our app",
    Who.OPERATOR,
    "Check the client ID, the secret and the redirect address in EXACT_APPS.",
)
EXACT_FORBIDS = Kind(
    "exact_forbids",
    403,
    "The Exact user lacks a right",
    Who.PARTNER,
    "Give the signed-in user the right to add documents in this company, or sign in as another user. Waiting documents then go out automatically.",
)
COMPANY_GONE = Kind(
    "company_gone",
    404,
    "The Exact company cannot be reached",
    Who.PARTNER,
    "Check in Exact Online that the company is active and that the signed-in user has access to it. Waiting documents then go out automatically.",
)
EXACT_SCOPE = Kind(
    "exact_scope_missing",
    403,
    "Our app lacks a scope in Exact",
    Who.OPERATOR,
    "Add the named scope to the app's registration with Exact. Every partner then has to sign in again.",
)
BANQUP_UNAVAILABLE = Kind(
    "banqup_unavailable",
    503,
    "Banqup does not respond",
    Who.NOBODY,
    "We retry automatically. If this persists, contact Banqup support.",
)
BANQUP_REFUSES_APP = Kind(
    "banqup_refuses_app",
    502,
    "Banqup rejects our credentials",
    Who.OPERATOR,
    "Check BANQUP_CLIENT_ID and BANQUP_CLIENT_SECRET.",
)
CHECKING_EXACT = Kind(
    "checking_exact",
    409,
    "Checking Exact",
    Who.NOBODY,
    "No action needed: we check whether Exact already has the document.",
)
FAILED_HERE = Kind(
    "failed_here",
    500,
    "The export failed unexpectedly",
    Who.OPERATOR,
    "We retry automatically. If this persists, search the log for the export's ID.",
)
AFTER_ITS_INVOICE = Kind(
    "after_its_invoice",
    409,
    "Waiting for the invoice it corrects",
    Who.NOBODY,
    "No action needed: the credit note follows its invoice.",
)

# Why an export rests in Error.
DOCUMENT_GONE = Kind(
    "document_gone",
    404,
    "Banqup no longer has the document",
    Who.CLIENT,
    "Check in Banqup that the document exists and that reading documents is still permitted. Then resend it.",
)
DOCUMENT_UNREADABLE = Kind(
    "document_unreadable",
    422,
    "Banqup's document is unreadable",
    Who.BANQUP,
    "Report the document's ID to Banqup support.",
)
DOCUMENT_INVALID = Kind(
    "document_invalid",
    422,
    "The document breaks Peppol BIS Billing rules",
    Who.CLIENT,
    "Ask the issuer to correct the document, then resend it.",
)
DOCUMENT_TOO_LARGE = Kind(
    "document_too_large",
    413,
    "The document is too large for Exact",
    Who.PARTNER,
    "Add the document to Exact manually. Exact accepts at most 10 MB per file.",
)
EXACT_REFUSED = Kind(
    "exact_refused",
    422,
    "Exact Online refused the document",
    Who.PARTNER,
    "Correct what Exact names, then resend the document.",
)
MAILBOX_MISSING = Kind(
    "mailbox_missing",
    409,
    "The company has no digital postbox",
    Who.PARTNER,
    "Set up the company's digital postbox in Exact Online (the Mailbox module), or choose the documents route for this client. Then resend the document.",
)
REJECTED_IN_EXACT = Kind(
    "rejected_in_exact",
    422,
    "The recipient in Exact rejected the document",
    Who.PARTNER,
    "Open the message in Exact Online's digital postbox and correct what it names. Then resend the document.",
)
PROBABLE_DUPLICATE = Kind(
    "probable_duplicate",
    409,
    "This invoice was probably exported before",
    Who.PARTNER,
    "Compare both documents. If this is a different invoice, release the export; otherwise do nothing.",
)
UNCERTAIN = Kind(
    "uncertain_in_exact",
    409,
    "Exact may already have the document",
    Who.PARTNER,
    "Search Exact for this subject. If it is missing, resend; otherwise do nothing.",
)
GAVE_UP = Kind(
    "gave_up",
    504,
    "All retries failed for 30 days",
    Who.PARTNER,
    "Correct what is named, then resend the document.",
)

# Why a document is not exported.
ARRIVED_BEFORE = Kind(
    "arrived_before_activation",
    409,
    "Arrived before the activation",
    Who.NOBODY,
    "No action needed. If Exact should have the document, add it there manually.",
)
NOT_APPROVED = Kind(
    "not_approved_or_sent",
    409,
    "Not approved or sent",
    Who.CLIENT,
    "Approve or send the document in Banqup. We then export it.",
)
NOT_AN_INVOICE = Kind("not_an_invoice", 409, "Neither an invoice nor a credit note", Who.NOBODY, "No action needed.")
DEACTIVATED = Kind(
    "deactivated",
    409,
    "The export was switched off",
    Who.PARTNER,
    "No action needed. To export the document after all, activate the client again and resend it.",
)
COMPANY_CHANGED = Kind(
    "company_changed",
    409,
    "The client's company was changed",
    Who.PARTNER,
    "If the document belongs to the client's current company, add it there manually.",
)

KINDS: tuple[Kind, ...] = tuple(value for value in dict(globals()).values() if isinstance(value, Kind))
