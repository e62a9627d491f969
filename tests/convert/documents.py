"""Banqup documents for the tests: one plain invoice, and what a case changes in it."""

from copy import deepcopy
from typing import Any

from app.banqup.schemas import Document

SELLER: dict[str, Any] = {
    "legalName": "Peeters Drukkerij BV",
    "tradeName": "Drukkerij Peeters",
    "address": {
        "streetName": "Kouter",
        "buildingNumber": "12",
        "postCode": "9000",
        "townName": "Gent",
        "country": "BE",
    },
    "globalIdentifiers": {"be:en": "0404616494", "be:vat": "BE0404616494", "global:email": ["info@peeters.example"]},
}
BUYER: dict[str, Any] = {
    "legalName": "Bakkerij Claes NV",
    "address": {
        "streetName": "Grote Markt",
        "buildingNumber": "3",
        "postCode": "3000",
        "townName": "Leuven",
        "country": "BE",
    },
    "globalIdentifiers": {"be:en": "0403170701", "be:vat": "BE0403170701"},
}


def line(
    *, quantity: str = "2", price: str = "50.00", net: str | None = None, vat: str = "S", rate: str = "21", **more: Any
) -> dict[str, Any]:
    """A line of Banqup, as its documentation shows it."""
    return {
        "quantity": quantity,
        "unit": "C62",
        "netAmount": net or str(float(quantity) * float(price)),
        "currency": "EUR",
        "vatDetails": {"vatCategory": vat, "vatPercentage": rate},
        "pricing": {"itemNetPrice": price, "itemPriceQuantity": "1"},
        "productIdentifiers": {"itemId": "A4-80", "itemDescription": "Paper A4, 80 g"},
        **more,
    }


def document(*lines: dict[str, Any], category: str = "INVOICE", folder: str = "PURCHASES", **metadata: Any) -> Any:
    """The JSON of a document with these lines and these changes to its header."""
    return {
        "id": "bb23bbff-6b8f-4f0a-9d0f-6d4a0a4a4b11",
        "spaceId": "d6a10e10-17c9-4081-9f54-8a218f00eba8",
        "source": "PEPPOL",
        "folder": folder,
        "category": category,
        "status": {"document": "APPROVED", "pay": "UNPAID", "delivery": "RECEIVED"},
        "metadata": {
            "documentNumber": "2026-0117",
            "issueDate": "2026-05-04",
            "dueDate": "2026-06-03",
            "supplier": deepcopy(SELLER),
            "customer": deepcopy(BUYER),
            **metadata,
        },
        "lines": list(lines) or [line()],
        "timestamps": {"createdAt": "2026-05-04T08:15:30.123456789Z", "updatedAt": "2026-05-05T09:00:00Z"},
    }


def parsed(source: Any) -> Document:
    """The document as the client hands it on."""
    return Document.model_validate(source)
