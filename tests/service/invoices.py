"""Banqup documents as the sandbox is given them."""

from typing import Any

SUPPLIER: dict[str, Any] = {
    "legalName": "Drukkerij Peeters BV",
    "address": {
        "streetName": "Kouter",
        "buildingNumber": "12",
        "postCode": "9000",
        "townName": "Gent",
        "country": "BE",
    },
    "globalIdentifiers": {"be:en": "0404616494", "be:vat": "BE0404616494"},
}
CUSTOMER: dict[str, Any] = {
    "legalName": "Garage Maes NV",
    "address": {
        "streetName": "Markt",
        "buildingNumber": "3",
        "postCode": "3000",
        "townName": "Leuven",
        "country": "BE",
    },
    "globalIdentifiers": {"be:en": "0403170701", "be:vat": "BE0403170701"},
}


def invoice(number: str = "2026-0117", *, folder: str = "PURCHASES", category: str = "INVOICE") -> dict[str, Any]:
    """A plain invoice of two lines at 21 %: 200.00 and 42.00 VAT."""
    return {
        "source": "PEPPOL",
        "folder": folder,
        "category": category,
        "metadata": {
            "documentNumber": number,
            "issueDate": "2026-11-02",
            "dueDate": "2026-12-02",
            "supplier": SUPPLIER,
            "customer": CUSTOMER,
            "documentTotals": {
                "linesNetAmount": "200.00",
                "netAmount": "200.00",
                "vatAmount": "42.00",
                "grossAmount": "242.00",
                "payableAmount": "242.00",
            },
            "vatDetails": [{"netAmount": "200.00", "vatAmount": "42.00", "vatPercentage": "21", "vatCategory": "S"}],
        },
        "lines": [_line(), _line()],
    }


def _line() -> dict[str, Any]:
    return {
        "quantity": "2",
        "unit": "C62",
        "netAmount": "100.00",
        "currency": "EUR",
        "vatDetails": {"vatCategory": "S", "vatPercentage": "21"},
        "pricing": {"itemNetPrice": "50.00", "itemPriceQuantity": "1"},
        "productIdentifiers": {"itemId": "A4-80", "itemDescription": "Paper A4, 80 g"},
    }
