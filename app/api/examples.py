"""The example bodies in the OpenAPI description."""

from typing import Any

from app.api.extension import DESCRIPTION
from app.onboarding import PERMISSIONS
from app.reasons import DOCUMENT_INVALID, RATE_LIMIT, WAITS_FOR_CONNECTION

_SPACE = "0f5d4c3e-8f0a-4a51-9a55-2a6a0f0d9b11"
_CLIENT = "d6a10e10-17c9-4081-9f54-8a218f00eba8"
_DOCUMENT = "bb23bbff-7c1d-4f5e-9a07-3b1f6a0f3a11"

_INSTALLATION = {
    "partner_space_id": _SPACE,
    "partner_name": "Peeters & Partners",
    "country": "be",
    "active": True,
    "cutoff": "arrival",
    "en16931": "deliver",
    "permissions": list(PERMISSIONS),
    "installed_at": "2026-11-02T08:00:00Z",
    "connection": "connected",
    "clients": 12,
    "waiting": 3,
}

_COMPANY = {
    "code": "2",
    "division": 100002,
    "name": "Bakkerij Janssens BV",
    "customer_name": "Peeters Accountancy",
    "vat_number": "BE0723456781",
    "enterprise_number": None,
    "country": "BE",
    "currency": "EUR",
    "status": "active",
}

_CLIENT_VIEW = {
    "business_space_id": _CLIENT,
    "company": _COMPANY,
    "route": "documents",
    "relation": "none",
    "mailbox": None,
    "category": None,
    "folder": None,
    "vat_number": "BE0723456781",
    "enterprise_number": None,
    "override_reason": None,
    "activated_at": "2026-11-02T08:15:00Z",
}

_FINDING = {
    "rule": "BR-CO-10",
    "message": "The lines add up to 200.00, but the document says 190.00.",
    "location": "/Invoice/LegalMonetaryTotal/LineExtensionAmount",
}
_REASON = DOCUMENT_INVALID.because(_FINDING["message"], findings=[_FINDING]).as_json()

_EXPORT: dict[str, Any] = {
    "id": "5d0b8f0e-52e1-4f34-9c5c-0d8c4f0a7d21",
    "client": _CLIENT,
    "document": {
        "id": _DOCUMENT,
        "folder": "PURCHASES",
        "kind": "invoice",
        "number": "2026-0117",
        "issue_date": "2026-11-02",
        "seller": "Drukkerij Peeters BV",
        "buyer": "Bakkerij Janssens BV",
        "currency": "EUR",
        "amount": "242.00",
    },
    "company": {"division": 100002, "code": "2", "name": "Bakkerij Janssens BV"},
    "status": "ready_to_process",
    "waits_for": None,
    "reason": None,
    "trigger": "approved",
    "event_at": "2026-11-03T09:30:00Z",
    "ended_at": "2026-11-03T09:30:02Z",
    "exact": {
        "number": "26700012",
        "url": "https://start.exactonline.be/docs/DocView.aspx?DocumentID=…",
        "subject": "BQ-K7Q2M4XW9A3T Invoice 2026-0117 Drukkerij Peeters BV",
        "state": None,
    },
    "origin": "banqup",
    "grade": "peppol",
    "losses": [],
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}

_QUEUED = {
    **_EXPORT,
    "status": "queued",
    "waits_for": {
        **RATE_LIMIT.because("This company's limit of calls to Exact is reached.").as_json(),
        "details": None,
        "until": "2026-11-03T09:31:00Z",
    },
    "ended_at": None,
    "exact": None,
}

_IN_ERROR = {**_EXPORT, "status": "error", "reason": _REASON, "exact": None}

_LOST = {**WAITS_FOR_CONNECTION.because("Exact Online no longer accepts this sign-in.").as_json(), "details": None}

_EXPORT_EVENT = {
    "export": _EXPORT["id"],
    "client": _CLIENT,
    "document": _DOCUMENT,
    "status": "ready_to_process",
    "number": "2026-0117",
    "exact_number": "26700012",
    "exact_state": None,
    "grade": "peppol",
    "reason": None,
}
_ERROR_EVENT = {**_EXPORT_EVENT, "status": "error", "exact_number": None, "reason": _REASON}
_CLIENT_EVENT = {"client": _CLIENT, "company": {"code": "2", "name": "Bakkerij Janssens BV"}, "because": None}


def _event(event: str, timestamp: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": event, "timestamp": timestamp, "data": data}


EXAMPLES: dict[str, list[Any]] = {
    "NewInstallation": [{"partner_space_id": _SPACE, "country": "be", "permissions": list(PERMISSIONS)}],
    "InstallationUpdate": [{"active": False, "confirm": True}, {"cutoff": "event"}, {"en16931": "hold"}],
    "Installation": [_INSTALLATION],
    "Extension": [
        {
            "name": "Exact Online",
            "description": DESCRIPTION,
            "countries": [{"code": "be", "name": "Belgium"}],
            "permissions": [{"id": name, "why": why} for name, why in PERMISSIONS.items()],
        }
    ],
    "SignInRequest": [{"return_to": "https://partner.example/extensions/exact", "partner_name": "Peeters & Partners"}],
    "StartedSignIn": [
        {
            "authorization_url": "https://exact.example/oauth/exact-online/start?state=…",
            "expires_at": "2026-11-02T08:10:00Z",
        }
    ],
    "Connection": [
        {
            "state": "connected",
            "user": {"name": "Anna Peeters", "login": "anna@peeters.example"},
            "connected_at": "2026-11-02T08:05:00Z",
            "since": "2026-11-02T08:05:00Z",
            "companies_listed_at": "2026-11-02T08:06:00Z",
            "reason": None,
        },
        {
            "state": "needs_sign_in",
            "user": {"name": "Anna Peeters", "login": "anna@peeters.example"},
            "connected_at": "2026-11-02T08:05:00Z",
            "since": "2026-12-01T17:40:00Z",
            "companies_listed_at": "2026-11-02T08:06:00Z",
            "reason": _LOST,
        },
    ],
    "Companies": [{"companies": [_COMPANY]}],
    "ActivationRequest": [{"company_code": "2", "vat_number": "BE0723456781"}],
    "Client": [_CLIENT_VIEW],
    "Clients": [{"clients": [_CLIENT_VIEW]}],
    "Export": [_EXPORT, _QUEUED, _IN_ERROR],
    "Exports": [{"exports": [_EXPORT, _IN_ERROR], "next": "czQy"}],
    "ExportWithHistory": [
        {
            **_EXPORT,
            "history": [
                {"at": "2026-11-03T09:30:00Z", "event": "received", "reason": None, "exact_number": None},
                {"at": "2026-11-03T09:30:02Z", "event": "ready_to_process", "reason": None, "exact_number": "26700012"},
            ],
        }
    ],
    "ResendRequest": [{"status": "error", "client": _CLIENT}, {"status": "error"}],
    "ResendResult": [{"count": 3}],
    "ExportReady": [_event("export.ready_to_process", "2026-11-03T09:30:02Z", _EXPORT_EVENT)],
    "ExportFailed": [_event("export.error", "2026-11-03T09:30:02Z", _ERROR_EVENT)],
    "ConnectionLost": [_event("connection.lost", "2026-12-01T17:40:00Z", {"reason": _LOST})],
    "ConnectionRestored": [_event("connection.restored", "2026-12-02T08:05:00Z", {"full_name": "Anna Peeters"})],
    "ClientActivated": [_event("client.activated", "2026-11-02T08:15:00Z", _CLIENT_EVENT)],
    "ClientDeactivated": [
        _event("client.deactivated", "2026-12-31T16:00:00Z", {**_CLIENT_EVENT, "because": "deactivated"})
    ],
}
