"""The sandboxed Banqup: its state, and how a call passes through it."""

from typing import Any

from sandbox.banqup.api import BanqupApi, place_of
from sandbox.banqup.issuer import Issuer
from sandbox.banqup.messages import Delivery, Listener, Messenger
from sandbox.banqup.state import World
from sandbox.banqup.storage import Storage
from sandbox.clock import Clock
from sandbox.dated import Dated
from sandbox.faults.book import FaultBook
from sandbox.faults.gate import FaultGate


class Banqup:
    """State, issuer, messenger, faults and routes of one sandboxed Banqup."""

    def __init__(self, clock: Clock, *, client_id: str, client_secret: str, listener: Listener) -> None:
        self.clock = clock
        self.world = World(clock)
        self.issuer = Issuer(clock)
        self.messenger = Messenger(clock, self.issuer, listener)
        self.book = FaultBook("banqup", clock)
        self.api = BanqupApi(self.world, Storage(self.world), client_id=client_id, client_secret=client_secret)
        self.asgi = FaultGate(Dated(self.api, clock), book=self.book, locate=place_of)

    def reset(self) -> None:
        """Remove spaces, documents, deliveries and faults, and restore the first listener."""
        self.clock.reset()
        self.world.clear()
        self.messenger.clear()
        self.book.clear()
        self.issuer.published = []
        self.api.tokens.clear()

    def announce(self, document: dict[str, Any], message_type: str, *, message_id: str | None = None) -> Delivery:
        """Send the listener a message about a document."""
        space, document_id = document["spaceId"], document["id"]
        message: dict[str, Any] = {
            "category": "document",
            "type": message_type,
            "scope": "space",
            "subject": document_id,
            "resourceId": space,
            "channel": f"{space}/{document_id}",
            "data": {"spaceId": space, "documentId": document_id},
        }
        return self.messenger.post(message | ({"id": message_id} if message_id else {}))

    def finish(self, document: dict[str, Any], step: str) -> str:
        """Approve or send a document; return the type of the message about it."""
        words = {"approve": ("APPROVED", None), "send": ("SENT", "SENT")}
        state, delivery = words[step]
        status = document["status"] | {"document": state} | ({"delivery": delivery} if delivery else {})
        document["status"] = status
        document["timestamps"] = document["timestamps"] | {"updatedAt": self.world.stamp()}
        self.world.cabinet(document["spaceId"]).final.add(document["id"])
        return self.last_type(document)

    def last_type(self, document: dict[str, Any]) -> str:
        """Return the type of a message about this document in its present state."""
        settings = self.world.settings
        sent = document["status"].get("document") == "SENT"
        return settings.sent_type if sent else settings.approved_type
