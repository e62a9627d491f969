"""The events sent to partners, built in one place; `app.api.events` describes them in OpenAPI."""

from dataclasses import dataclass
from typing import Any, Literal

from app.reasons import Reason
from app.storage.models import Activation, Connection, Export

EventType = Literal[
    "export.ready_to_process",
    "export.error",
    "connection.lost",
    "connection.restored",
    "client.activated",
    "client.deactivated",
]
_ENDED: dict[str, EventType] = {"ready_to_process": "export.ready_to_process", "error": "export.error"}


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event and its data as JSON."""

    type: EventType
    data: dict[str, Any]


def export_ended(export: Export) -> Event:
    """Return the event of an export that is ready to process or in error."""
    return Event(
        type=_ENDED[export.status],
        data={
            "export": str(export.id),
            "client": str(export.business_space_id),
            "document": str(export.document_id),
            "status": export.status,
            "number": export.number,
            "exact_number": export.exact_number,
            "exact_state": export.exact_state,
            "grade": export.grade,
            "reason": export.reason,
        },
    )


def connection_lost(reason: Reason) -> Event:
    """Return the event of a lost connection."""
    return Event(type="connection.lost", data={"reason": reason.as_json()})


def connection_restored(connection: Connection) -> Event:
    """Return the event of a new sign-in."""
    return Event(type="connection.restored", data={"full_name": connection.full_name})


def client_activated(activation: Activation) -> Event:
    """Return the event of a new activation."""
    return Event(type="client.activated", data=_client(activation))


def client_deactivated(activation: Activation) -> Event:
    """Return the event of an ended activation."""
    return Event(type="client.deactivated", data=_client(activation))


def _client(activation: Activation) -> dict[str, Any]:
    return {
        "client": str(activation.business_space_id),
        "company": {"code": activation.company_code, "name": activation.company_name},
        "because": activation.ended_because,
    }
