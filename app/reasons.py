"""The published error codes: what is wrong, who has to act, and how.

A `Kind` is one published code; a `Reason` is a kind with a sentence about one case.
"""

from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import Any


class Who(StrEnum):
    """Who has to act."""

    PARTNER = "partner"
    CLIENT = "client"
    ISSUER = "issuer"
    CALLER = "caller"
    OPERATOR = "operator"
    BANQUP = "banqup"
    NOBODY = "nobody"


_LONGEST = 2_000  # characters of a sentence


@dataclass(frozen=True)
class Kind:
    """One published error code: its HTTP status, who acts and how."""

    code: str
    _: KW_ONLY
    status: int
    title: str
    who: Who
    how: str

    def because(self, sentence: str, **details: Any) -> "Reason":
        """Return a reason of this kind, with the sentence cut so that quoted input cannot make it long."""
        return Reason(self, sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]}…", details=details)


@dataclass(frozen=True)
class Reason:
    """A kind of error and a sentence about this case."""

    kind: Kind
    sentence: str
    _: KW_ONLY
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
UNAUTHENTICATED = Kind(
    "unauthenticated",
    status=401,
    title="Not authenticated",
    who=Who.CALLER,
    how="Send a valid bearer token.",
)
FORBIDDEN = Kind(
    "forbidden",
    status=403,
    title="Not allowed",
    who=Who.CALLER,
    how="Request a token with the named scope.",
)
NOT_FOUND = Kind(
    "not_found",
    status=404,
    title="Not found",
    who=Who.CALLER,
    how="Check the address and the IDs in it.",
)
METHOD_NOT_ALLOWED = Kind(
    "method_not_allowed",
    status=405,
    title="Method not allowed",
    who=Who.CALLER,
    how="Use a method listed in the Allow header.",
)
INVALID_REQUEST = Kind(
    "invalid_request",
    status=422,
    title="Invalid request",
    who=Who.CALLER,
    how="Correct the named fields.",
)
BAD_SIGNATURE = Kind(
    "bad_signature",
    status=401,
    title="Invalid message signature",
    who=Who.BANQUP,
    how="Sign the raw body with a current secret and deliver it within five minutes.",
)
UNREADABLE_MESSAGE = Kind(
    "unreadable_message",
    status=400,
    title="Unreadable message",
    who=Who.BANQUP,
    how="Send the message envelope as JSON, with an id.",
)
TOO_LARGE = Kind(
    "too_large",
    status=413,
    title="Request body too large",
    who=Who.CALLER,
    how="Send at most 1 MiB.",
)
HEADERS_TOO_LARGE = Kind(
    "headers_too_large",
    status=431,
    title="Request headers too large",
    who=Who.CALLER,
    how="Send at most 64 KiB of headers.",
)
TOO_MANY_REQUESTS = Kind(
    "too_many_requests",
    status=429,
    title="Too many requests",
    who=Who.CALLER,
    how="Repeat the request after the time in Retry-After.",
)
REQUEST_TIMEOUT = Kind(
    "request_timeout",
    status=408,
    title="The request did not arrive in time",
    who=Who.CALLER,
    how="Repeat the request over a new connection.",
)
UNAVAILABLE = Kind(
    "temporarily_unavailable",
    status=503,
    title="Service temporarily unavailable",
    who=Who.CALLER,
    how="Repeat the request after the time in Retry-After.",
)
INTERNAL = Kind(
    "internal_error",
    status=500,
    title="Internal error",
    who=Who.OPERATOR,
    how="Repeat the request. If it fails again, contact support with the request ID.",
)

# Onboarding.
PERMISSION_MISSING = Kind(
    "permission_missing",
    status=422,
    title="A required permission is not confirmed",
    who=Who.PARTNER,
    how="Confirm the named permissions, then install again.",
)
COUNTRY_NOT_OFFERED = Kind(
    "country_not_offered",
    status=422,
    title="The extension is not available in this country",
    who=Who.OPERATOR,
    how="Choose one of the named countries, or add this one to EXACT_APPS.",
)
CONFIRMATION_REQUIRED = Kind(
    "confirmation_required",
    status=409,
    title="Confirmation required",
    who=Who.PARTNER,
    how="To stop the export for all clients, repeat the request with confirm: true, or a DELETE with ?confirm=true.",
)
NOT_CONNECTED = Kind(
    "not_connected",
    status=409,
    title="Exact Online is not connected",
    who=Who.PARTNER,
    how="Sign in to Exact Online.",
)
COMPANY_UNKNOWN = Kind(
    "company_unknown",
    status=404,
    title="Unknown Company Code",
    who=Who.PARTNER,
    how="Check the code at the top left of Exact Online, and that the signed-in user has access to the company. Then refresh the list of companies.",
)
COMPANY_AMBIGUOUS = Kind(
    "company_ambiguous",
    status=409,
    title="Several companies have this Company Code",
    who=Who.PARTNER,
    how="Add the client's VAT or enterprise number, or sign in as a user who has access to only one of them.",
)
COMPANY_OF_ANOTHER = Kind(
    "company_of_another_client",
    status=409,
    title="This company belongs to another client",
    who=Who.PARTNER,
    how="Check the Company Code. If it is correct, send override_reason.",
)
CLIENT_OF_ANOTHER = Kind(
    "client_of_another_partner",
    status=409,
    title="Another partner exports this client",
    who=Who.CLIENT,
    how="Have this client deactivated in the other Partner Space first.",
)
COMPANY_CLOSED = Kind(
    "company_not_usable",
    status=409,
    title="The company cannot receive documents",
    who=Who.PARTNER,
    how="Reactivate or unblock the company in Exact Online, or choose another one.",
)
WAITING_DOCUMENTS = Kind(
    "waiting_documents",
    status=409,
    title="Documents are waiting for the current company",
    who=Who.PARTNER,
    how="Repeat the request with waiting: deliver to send them to the current company, or waiting: stop to leave them out.",
)
RETURN_TO_REFUSED = Kind(
    "return_to_refused",
    status=422,
    title="Return address not allowed",
    who=Who.CALLER,
    how="Send an https address whose origin is in API_CORS_ORIGINS.",
)
DESTINATION_REFUSED = Kind(
    "destination_refused",
    status=422,
    title="Notification URL not allowed",
    who=Who.CALLER,
    how="Send an https URL whose host resolves to a public address.",
)
EXACT_UNAVAILABLE = Kind(
    "exact_unavailable",
    status=503,
    title="Exact Online does not respond",
    who=Who.NOBODY,
    how="We retry documents automatically. If this persists, check Exact Online's status page.",
)
CONNECTION_SUPERSEDED = Kind(
    "connection_superseded",
    status=409,
    title="This Exact account now serves another Banqup space",
    who=Who.PARTNER,
    how="Sign in with an Exact account that serves no other Banqup space. Waiting documents then go out automatically.",
)
STILL_QUEUED = Kind(
    "still_queued",
    status=409,
    title="The document is already on its way",
    who=Who.CALLER,
    how="No action needed: the document goes out automatically.",
)
NOTHING_TO_RESEND = Kind(
    "not_resendable",
    status=409,
    title="This export cannot be resent now",
    who=Who.PARTNER,
    how="Activate the client for that company, or switch the export on. Then resend the document.",
)
NOT_HELD = Kind(
    "not_held",
    status=409,
    title="Nothing holds this export",
    who=Who.CALLER,
    how="Resend the export, or release it as readable.",
)
UBL_GONE = Kind(
    "ubl_no_longer_kept",
    status=410,
    title="The UBL is no longer available here",
    who=Who.CALLER,
    how="Resend the document, or download it from Exact Online or Banqup.",
)

# The sign-in page.
SIGN_IN_DENIED = Kind(
    "sign_in_denied",
    status=400,
    title="The sign-in was cancelled",
    who=Who.PARTNER,
    how="Start the sign-in again in Banqup and allow access.",
)
SIGN_IN_STALE = Kind(
    "sign_in_stale",
    status=400,
    title="This sign-in is no longer valid",
    who=Who.PARTNER,
    how="Start the sign-in again in Banqup and finish it within ten minutes.",
)
SIGN_IN_ELSEWHERE = Kind(
    "sign_in_elsewhere",
    status=400,
    title="This sign-in belongs to another browser",
    who=Who.PARTNER,
    how="Start the sign-in in Banqup and finish it in the same browser, with cookies allowed.",
)
SIGN_IN_PENDING = Kind(
    "sign_in_pending",
    status=503,
    title="The sign-in is not stored yet",
    who=Who.PARTNER,
    how="Look in Banqup in a few minutes. If Exact Online is not connected then, start the sign-in again.",
)
SIGN_IN_REFUSED = Kind(
    "sign_in_refused",
    status=502,
    title="Exact Online refused the sign-in",
    who=Who.PARTNER,
    how="Start the sign-in again in Banqup. If it is refused again, contact support.",
)

# What an export waits for.
WAITS_FOR_CONNECTION = Kind(
    "connection",
    status=409,
    title="Waiting for a sign-in",
    who=Who.PARTNER,
    how="Sign in to Exact Online again. Waiting documents then go out automatically.",
)
RATE_LIMIT = Kind(
    "rate_limit",
    status=429,
    title="Waiting for Exact's rate limit",
    who=Who.NOBODY,
    how="No action needed: waiting documents go out when the limit resets.",
)
CIRCUIT_OPEN = Kind(
    "circuit_open",
    status=503,
    title="Paused after repeated refusals",
    who=Who.PARTNER,
    how="Check the company and the rights of the signed-in user in Exact Online. We retry automatically.",
)
SECRET_KEY_MISSING = Kind(
    "secret_key_missing",
    status=503,
    title="A secret key is missing",
    who=Who.OPERATOR,
    how="Put the missing key back into SECRET_KEYS and restart. Nothing is lost; the export then continues.",
)
EXACT_REFUSES_APP = Kind(
    "exact_refuses_app",
    status=502,
    title="Exact Online rejects our app",
    who=Who.OPERATOR,
    how="Check the client ID, the secret and the redirect address in EXACT_APPS.",
)
EXACT_REFUSES_TOKEN = Kind(
    "exact_refuses_token",
    status=503,
    title="Exact Online refuses the stored sign-in",
    who=Who.PARTNER,
    how="We try again within ten minutes. To continue at once, sign in to Exact Online again.",
)
EXACT_FORBIDS = Kind(
    "exact_forbids",
    status=403,
    title="The Exact user lacks a right",
    who=Who.PARTNER,
    how="Give the signed-in user the right to add documents in this company, or sign in as another user. Waiting documents then go out automatically.",
)
COMPANY_GONE = Kind(
    "company_gone",
    status=404,
    title="The Exact company cannot be reached",
    who=Who.PARTNER,
    how="Check in Exact Online that the company is active and that the signed-in user has access to it. Waiting documents then go out automatically.",
)
EXACT_SCOPE = Kind(
    "exact_scope_missing",
    status=403,
    title="Our app lacks a scope in Exact",
    who=Who.OPERATOR,
    how="Add the named scope to the app's registration with Exact. Every partner then has to sign in again.",
)
COMPANY_NOT_GRANTED = Kind(
    "company_not_granted",
    status=403,
    title="The app may not use this company in Exact",
    who=Who.PARTNER,
    how="In Exact Online, open My Exact Online, Security centre, choose this app and add the company. Waiting documents then go out automatically.",
)
EXACT_USER_BLOCKED = Kind(
    "exact_user_blocked",
    status=403,
    title="The Exact user is blocked",
    who=Who.PARTNER,
    how="Unblock the user in Exact Online, or sign in as another user. Waiting documents then go out automatically.",
)
EXACT_USER_INACTIVE = Kind(
    "exact_user_inactive",
    status=403,
    title="The Exact user is inactive",
    who=Who.PARTNER,
    how="Activate the user in Exact Online, or sign in as another user. Waiting documents then go out automatically.",
)
EXACT_CUSTOMER_BLOCKED = Kind(
    "exact_customer_blocked",
    status=403,
    title="Exact has blocked the customer",
    who=Who.PARTNER,
    how="Ask Exact's customer service why the customer is blocked. Waiting documents go out once it is unblocked.",
)
EXACT_LICENCE_EXPIRED = Kind(
    "exact_licence_expired",
    status=403,
    title="The Exact licence has expired",
    who=Who.PARTNER,
    how="Renew the Exact licence of this company. Waiting documents then go out automatically.",
)
EXACT_COMPANY_BLOCKED = Kind(
    "exact_company_blocked",
    status=403,
    title="The company is blocked in Exact",
    who=Who.PARTNER,
    how="Unblock the company in Exact Online. Waiting documents then go out automatically.",
)
EXACT_NO_ACCESS = Kind(
    "exact_no_company_access",
    status=403,
    title="The Exact user has no access to the company",
    who=Who.PARTNER,
    how="Give the signed-in user access to the company in Exact Online. Waiting documents then go out automatically.",
)
EXACT_EDGE_REFUSES = Kind(
    "exact_edge_refuses",
    status=503,
    title="A firewall in front of Exact Online refuses our calls",
    who=Who.OPERATOR,
    how="Check the outgoing address of the service and Exact's status page. We retry automatically.",
)
BANQUP_UNAVAILABLE = Kind(
    "banqup_unavailable",
    status=503,
    title="Banqup does not respond",
    who=Who.NOBODY,
    how="We retry automatically. If this persists, contact Banqup support.",
)
BANQUP_REFUSES_APP = Kind(
    "banqup_refuses_app",
    status=502,
    title="Banqup rejects our credentials",
    who=Who.OPERATOR,
    how="Check BANQUP_CLIENT_ID and BANQUP_CLIENT_SECRET.",
)
CHECKING_EXACT = Kind(
    "checking_exact",
    status=409,
    title="Checking Exact",
    who=Who.NOBODY,
    how="No action needed: we check whether Exact already has the document.",
)
FAILED_HERE = Kind(
    "failed_here",
    status=500,
    title="The export failed unexpectedly",
    who=Who.OPERATOR,
    how="We retry automatically. If this persists, search the log for the export's ID.",
)
AFTER_ITS_INVOICE = Kind(
    "after_its_invoice",
    status=409,
    title="Waiting for the invoice it corrects",
    who=Who.NOBODY,
    how="No action needed: the credit note follows its invoice.",
)

# Why an export rests in Error.
DOCUMENT_GONE = Kind(
    "document_gone",
    status=404,
    title="Banqup no longer has the document",
    who=Who.CLIENT,
    how="Check in Banqup that the document exists and that reading documents is still permitted. Then resend it.",
)
DOCUMENT_UNREADABLE = Kind(
    "document_unreadable",
    status=422,
    title="Banqup's document is unreadable",
    who=Who.BANQUP,
    how="Report the document's ID to Banqup support, and add the document to Exact manually.",
)
DOCUMENT_INVALID = Kind(
    "document_invalid",
    status=422,
    title="The invoice contradicts itself or is incomplete",
    who=Who.ISSUER,
    how="Ask the issuer for a corrected invoice, or release this one as readable.",
)
DOCUMENT_TOO_LARGE = Kind(
    "document_too_large",
    status=413,
    title="The document is too large for Exact",
    who=Who.PARTNER,
    how="Release the document as readable, or add it to Exact manually.",
)
DOCUMENT_TOO_HEAVY = Kind(
    "document_too_heavy",
    status=422,
    title="The document is too heavy to process",
    who=Who.PARTNER,
    how="Release the document as readable, or ask the issuer for a simpler file and resend it.",
)
DOCUMENT_STOPS_WORKER = Kind(
    "document_stops_worker",
    status=500,
    title="Processing this document failed repeatedly",
    who=Who.OPERATOR,
    how="Search the log for the export's ID. Then resend the document, or release it as readable.",
)
EXACT_REFUSED = Kind(
    "exact_refused",
    status=422,
    title="Exact Online refused the document",
    who=Who.PARTNER,
    how="Correct what Exact names and resend the document, or release it as readable.",
)
EXACT_FAILS = Kind(
    "exact_fails_at_document",
    status=502,
    title="Exact Online fails at this document",
    who=Who.PARTNER,
    how="Resend the document. If Exact fails again, release it as readable and report the message to Exact's support.",
)
MAILBOX_MISSING = Kind(
    "mailbox_missing",
    status=409,
    title="The company has no digital postbox",
    who=Who.PARTNER,
    how="Set up the company's digital postbox in Exact Online (the Mailbox module), or choose the documents route for this client. Then resend the document, or release it as readable.",
)
REJECTED_IN_EXACT = Kind(
    "rejected_in_exact",
    status=422,
    title="The recipient in Exact rejected the document",
    who=Who.PARTNER,
    how="Open the message in Exact Online's digital postbox and correct what it names. Then resend the document, or release it as readable.",
)
PROBABLE_DUPLICATE = Kind(
    "probable_duplicate",
    status=409,
    title="This invoice was probably exported before",
    who=Who.PARTNER,
    how="Compare both documents. If this is a different invoice, release the export; otherwise do nothing.",
)
BELOW_PEPPOL = Kind(
    "held_en16931",
    status=409,
    title="The document cannot travel over Peppol as it is",
    who=Who.PARTNER,
    how="Check what is named. If the document is right, release it; otherwise ask the issuer for a corrected invoice.",
)
UNCERTAIN = Kind(
    "uncertain_in_exact",
    status=409,
    title="Exact may already have the document",
    who=Who.PARTNER,
    how="Search Exact for this subject. If it is missing, resend; otherwise do nothing.",
)
GAVE_UP = Kind(
    "gave_up",
    status=504,
    title="All retries failed for 30 days",
    who=Who.PARTNER,
    how="Correct what is named and resend the document, or release it as readable.",
)
DOCUMENT_INCOMPLETE = Kind(
    "document_incomplete",
    status=422,
    title="The document in Banqup contradicts itself or is incomplete",
    who=Who.CLIENT,
    how="Correct the document in Banqup and send it again, or release it as readable.",
)
INVOICE_UNSUPPORTED = Kind(
    "invoice_unsupported",
    status=422,
    title="Peppol cannot express this invoice",
    who=Who.PARTNER,
    how="Release the document as readable and book it manually. The invoice itself may be correct.",
)
FILE_UNREADABLE = Kind(
    "file_unreadable",
    status=422,
    title="The file is damaged or is not an invoice",
    who=Who.CLIENT,
    how="Ask the issuer for the file again and add it in Banqup, or release the document as readable.",
)
NO_INVOICE_DATA = Kind(
    "no_invoice_data",
    status=422,
    title="Banqup has no invoice data",
    who=Who.PARTNER,
    how="Release the document as readable and book it manually.",
)

# Why a document is not exported.
ARRIVED_BEFORE = Kind(
    "arrived_before_activation",
    status=409,
    title="Arrived before the activation",
    who=Who.NOBODY,
    how="No action needed. If Exact should have the document, add it there manually.",
)
NOT_APPROVED = Kind(
    "not_approved_or_sent",
    status=409,
    title="Not approved or sent",
    who=Who.CLIENT,
    how="Approve or send the document in Banqup. We then export it.",
)
NOT_AN_INVOICE = Kind(
    "not_an_invoice",
    status=409,
    title="Neither an invoice nor a credit note",
    who=Who.NOBODY,
    how="No action needed.",
)
DEACTIVATED = Kind(
    "deactivated",
    status=409,
    title="The export was switched off",
    who=Who.PARTNER,
    how="No action needed. To export the document after all, activate the client again and resend it.",
)
COMPANY_CHANGED = Kind(
    "company_changed",
    status=409,
    title="The client's company was changed",
    who=Who.PARTNER,
    how="If the document belongs to the client's current company, add it there manually.",
)

# What a person may lift, so that the document goes out as it is.
HELD = frozenset({PROBABLE_DUPLICATE.code, BELOW_PEPPOL.code})
# What ends in *Error*: each has a way out for a person.
ERRORS: tuple[Kind, ...] = (
    DOCUMENT_GONE,
    DOCUMENT_UNREADABLE,
    DOCUMENT_INVALID,
    DOCUMENT_TOO_LARGE,
    DOCUMENT_TOO_HEAVY,
    DOCUMENT_STOPS_WORKER,
    EXACT_REFUSED,
    EXACT_FAILS,
    MAILBOX_MISSING,
    REJECTED_IN_EXACT,
    PROBABLE_DUPLICATE,
    BELOW_PEPPOL,
    UNCERTAIN,
    GAVE_UP,
    DOCUMENT_INCOMPLETE,
    INVOICE_UNSUPPORTED,
    FILE_UNREADABLE,
    NO_INVOICE_DATA,
)

KINDS: tuple[Kind, ...] = tuple(value for value in dict(globals()).values() if isinstance(value, Kind))
