"""The cast of the demo, its documents, and how the export of each must end."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENTS = Path(__file__).parent / "documents"

READY, ERROR, NOT_EXPORTED = "ready_to_process", "error", "not_exported"


@dataclass(frozen=True)
class Client:
    """A client of the accountant, with its company in Exact (Company Code and division)."""

    name: str
    vat_number: str
    company_code: str
    division: int


@dataclass(frozen=True)
class File:
    """A file of a document in Banqup; its role is UBL, CII, PDF or ATTACHMENT."""

    role: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One document: what Banqup has of it, what happens to it, and how its export must end.

    With `refused_with`, Exact refuses it once, with this text.
    """

    title: str
    client: Client
    document: dict[str, Any]
    files: tuple[File, ...] = ()
    ends: str = READY
    code: str | None = None
    arrived_early: bool = False
    delivered_twice: bool = False
    sent_twice: bool = False
    refused_with: str | None = None

    @property
    def is_sale(self) -> bool:
        return self.document.get("folder") == "SALES"


BAKERY = Client("Bakkerij Janssens BV", "BE0723456781", "2", 100002)
GARAGE = Client("Garage Maes NV", "BE0734567835", "3", 100003)
ATELIER = Client("Atelier Nordic BV", "BE0589012308", "7", 10000017)
CLIENTS = (BAKERY, GARAGE, ATELIER)

ACCOUNTANT = "Anna Peeters"
EXACT_USER = "anna"


def scenes() -> tuple[Scene, ...]:
    """Return the documents of the story, in the order of Banqup's messages."""
    return (
        Scene(title="6 % and 21 %, delivery charged", client=BAKERY, document=_read("flour-and-packaging")),
        Scene(
            title="with a PDF",
            client=BAKERY,
            document=_read("mixer-repair"),
            files=(_file("PDF", "mixer-repair.pdf", "application/pdf"),),
        ),
        Scene(title="6, 12 and 21 %", client=BAKERY, document=_read("hotel-breakfasts")),
        Scene(
            title="arrived before the activation",
            client=BAKERY,
            document=_read("september-boxes"),
            arrived_early=True,
            ends=NOT_EXPORTED,
            code="arrived_before_activation",
        ),
        Scene(title="credits the flour", client=BAKERY, document=_read("credit-for-two-bags")),
        Scene(title="intra-Community supply", client=GARAGE, document=_read("winter-tyres")),
        Scene(title="5 % discount; sent twice", client=GARAGE, document=_read("fleet-service"), sent_twice=True),
        Scene(title="reverse charge", client=GARAGE, document=_read("forecourt-paving")),
        Scene(
            title="does not add up",
            client=GARAGE,
            document=_read("paint-that-does-not-add-up"),
            ends=ERROR,
            code="document_incomplete",
        ),
        Scene(title="in SEK, VAT accounted in EUR", client=ATELIER, document=_read("showroom-in-kronor")),
        Scene(
            title="in SEK; message delivered twice",
            client=ATELIER,
            document=_read("watercolour-paper"),
            delivered_twice=True,
        ),
        Scene(
            title="came as UBL, with a PDF",
            client=ATELIER,
            document={"folder": "PURCHASES", "category": "INVOICE", "source": "PEPPOL"},
            files=(
                _file("UBL", "birch-plywood.xml", "application/xml"),
                _file("PDF", "birch-plywood.pdf", "application/pdf"),
            ),
        ),
        Scene(
            title="refused by Exact; send it again",
            client=BAKERY,
            document=_read("butter"),
            ends=ERROR,
            code="exact_refused",
            refused_with="Invalid: Document type 20 is blocked.",
        ),
    )


def _read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
    return document


def _file(role: str, filename: str, content_type: str) -> File:
    return File(role, filename, content_type, (DOCUMENTS / filename).read_bytes())
