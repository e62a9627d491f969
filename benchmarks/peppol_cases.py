"""The same ordinary Belgian invoice in each form that the benchmarks need: model, Banqup's JSON, the peers' data."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from app.peppol.invoice import (
    Address,
    CreditTransfer,
    Identifier,
    Invoice,
    Item,
    Line,
    Party,
    PaymentInstructions,
    Price,
    Vat,
)

NET, GROSS = Decimal("20.00"), Decimal("24.20")


def model(lines: int) -> Invoice:
    """The invoice as the EN 16931 model, with its totals still to be computed."""
    return Invoice(
        number="2026-0117",
        issue_date=date(2026, 5, 4),
        due_date=date(2026, 6, 3),
        currency="EUR",
        buyer_reference="DEPT-12",
        seller=_party("Peeters Drukkerij BV", "0404616494", street="Kouter 12", city="Gent", post_code="9000"),
        buyer=_party("Bakkerij Claes NV", "0403170701", street="Grote Markt 3", city="Leuven", post_code="3000"),
        payment_instructions=(
            PaymentInstructions(
                means_code="30",
                remittance_information="+++090/9337/55493+++",
                credit_transfer=CreditTransfer(account="BE68539007547034", provider="GKCCBEBB"),
            ),
        ),
        lines=tuple(_line(place) for place in range(1, lines + 1)),
    )


def _party(name: str, number: str, *, street: str, city: str, post_code: str) -> Party:
    return Party(
        name=name,
        legal_registration=Identifier(number, "0208"),
        vat_identifier=f"BE{number}",
        electronic_address=Identifier(number, "0208"),
        address=Address(line_1=street, city=city, post_code=post_code, country="BE"),
    )


def _line(place: int) -> Line:
    return Line(
        identifier=str(place),
        quantity=Decimal(2),
        unit="C62",
        net_amount=NET,
        price=Price(net=Decimal("10.00")),
        vat=Vat("S", Decimal(21)),
        item=Item(name=f"Item {place}", description=f"Paper & ink, article {place}", sellers_identifier=f"A-{place}"),
    )


def banqup(lines: int) -> bytes:
    """The invoice as Banqup's JSON."""
    return json.dumps(
        {
            "id": "bb23bbff-6b8f-4f0a-9d0f-6d4a0a4a4b11",
            "spaceId": "d6a10e10-17c9-4081-9f54-8a218f00eba8",
            "folder": "PURCHASES",
            "category": "INVOICE",
            "metadata": {
                "documentNumber": "2026-0117",
                "issueDate": "2026-05-04",
                "dueDate": "2026-06-03",
                "supplier": _banqup_party("Peeters Drukkerij BV", "0404616494", "Kouter", "12", "9000", "Gent"),
                "customer": _banqup_party("Bakkerij Claes NV", "0403170701", "Grote Markt", "3", "3000", "Leuven"),
                "documentTotals": {
                    "linesNetAmount": str(NET * lines),
                    "netAmount": str(NET * lines),
                    "vatAmount": str((GROSS - NET) * lines),
                    "grossAmount": str(GROSS * lines),
                    "payableAmount": str(GROSS * lines),
                },
                "vatDetails": [
                    {
                        "netAmount": str(NET * lines),
                        "vatAmount": str((GROSS - NET) * lines),
                        "vatPercentage": "21",
                        "vatCategory": "S",
                    }
                ],
            },
            "lines": [_banqup_line(place) for place in range(1, lines + 1)],
        }
    ).encode()


def _banqup_party(name: str, number: str, street: str, house: str, post_code: str, town: str) -> dict[str, Any]:
    return {
        "legalName": name,
        "address": {
            "streetName": street,
            "buildingNumber": house,
            "postCode": post_code,
            "townName": town,
            "country": "BE",
        },
        "globalIdentifiers": {"be:en": number, "be:vat": f"BE{number}"},
    }


def _banqup_line(place: int) -> dict[str, Any]:
    return {
        "quantity": "2",
        "unit": "C62",
        "netAmount": "20.00",
        "currency": "EUR",
        "vatDetails": {"vatCategory": "S", "vatPercentage": "21"},
        "pricing": {"itemNetPrice": "10.00", "itemPriceQuantity": "1"},
        "productIdentifiers": {"itemId": f"A-{place}", "itemDescription": f"Paper & ink, article {place}"},
    }


def facturx(lines: int) -> dict[str, Any]:
    """The invoice as factur-x takes it."""
    net, vat, gross = (float(amount * lines) for amount in (NET, GROSS - NET, GROSS))
    return {
        "BT-1": "2026-0117",
        "BT-2": date(2026, 5, 4),
        "BT-3": "380",
        "BT-5": "EUR",
        "BT-9": date(2026, 6, 3),
        "BT-10": "DEPT-12",
        "BT-24": "urn:cen.eu:en16931:2017",
        "BT-81": "30",
        "BT-83": "+++090/9337/55493+++",
        "BT-84": "BE68539007547034",
        "BT-86": "GKCCBEBB",
        "BT-106": net,
        "BT-109": net,
        "BT-110": vat,
        "BT-112": gross,
        "BT-115": gross,
        "BG-4": _facturx_party("Peeters Drukkerij BV", "0404616494", "Kouter 12", "9000", "Gent"),
        "BG-7": _facturx_party("Bakkerij Claes NV", "0403170701", "Grote Markt 3", "3000", "Leuven"),
        "BG-23": [{"BT-116": net, "BT-117": vat, "BT-118": "S", "BT-119": 21}],
        "BG-25": [_facturx_line(place) for place in range(1, lines + 1)],
    }


def _facturx_party(name: str, number: str, street: str, post_code: str, city: str) -> dict[str, Any]:
    return {
        "name": name,
        "legal_identifier": number,
        "legal_identifier_schemeid": "0208",
        "vat_identifier": f"BE{number}",
        "einvoicing_addr": number,
        "einvoicing_addr_schemeid": "0208",
        "addr_l1": street,
        "postcode": post_code,
        "city": city,
        "country_code": "BE",
    }


def _facturx_line(place: int) -> dict[str, Any]:
    return {
        "BT-126": str(place),
        "BT-129": 2,
        "BT-130": "C62",
        "BT-131": 20.0,
        "BT-146": 10.0,
        "BT-151": "S",
        "BT-152": 21,
        "BT-153": f"Item {place}",
        "BT-154": f"Paper & ink, article {place}",
        "BT-155": f"A-{place}",
    }


def toolkit(lines: int) -> dict[str, Any]:
    """The invoice as @pixeldrive/peppol-toolkit takes it (without descriptions, with which its XML is not valid)."""
    net, vat, gross = (float(amount * lines) for amount in (NET, GROSS - NET, GROSS))
    return {
        "ID": "2026-0117",
        "issueDate": "2026-05-04",
        "dueDate": "2026-06-03",
        "invoiceTypeCode": 380,
        "documentCurrencyCode": "EUR",
        "buyerReference": "DEPT-12",
        "seller": _toolkit_party("Peeters Drukkerij BV", "0404616494", "Kouter 12", "9000", "Gent"),
        "buyer": _toolkit_party("Bakkerij Claes NV", "0403170701", "Grote Markt 3", "3000", "Leuven"),
        "paymentMeans": [
            {
                "code": "30",
                "paymentId": "+++090/9337/55493+++",
                "name": "Credit transfer",
                "financialAccount": {
                    "id": "BE68539007547034",
                    "name": "Peeters",
                    "financialInstitutionBranch": "GKCCBEBB",
                },
            }
        ],
        "taxTotal": [
            {
                "taxAmountCurrency": "EUR",
                "taxAmount": vat,
                "subTotals": [
                    {
                        "taxableAmount": net,
                        "taxAmount": vat,
                        "taxCategory": {"categoryCode": "S", "percent": 21},
                    }
                ],
            }
        ],
        "legalMonetaryTotal": {
            "currency": "EUR",
            "lineExtensionAmount": net,
            "taxExclusiveAmount": net,
            "taxInclusiveAmount": gross,
            "prepaidAmount": 0,
            "payableAmount": gross,
        },
        "invoiceLines": [_toolkit_line(place) for place in range(1, lines + 1)],
    }


def _toolkit_party(name: str, number: str, street: str, post_code: str, city: str) -> dict[str, Any]:
    return {
        "endPoint": {"scheme": "0208", "id": number},
        "legalEntity": {"registrationName": name, "companyId": number},
        "name": name,
        "address": {"streetName": street, "cityName": city, "postalZone": post_code, "country": "BE"},
        "taxSchemeCompanyID": f"BE{number}",
        "identification": [{"id": number}],
    }


def _toolkit_line(place: int) -> dict[str, Any]:
    return {
        "id": str(place),
        "invoicedQuantity": 2,
        "unitCode": "C62",
        "lineExtensionAmount": 20.0,
        "price": 10.0,
        "name": f"Item {place}",
        "currency": "EUR",
        "taxCategory": {"categoryCode": "S", "percent": 21},
    }
