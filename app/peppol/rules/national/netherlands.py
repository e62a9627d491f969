"""The Netherlands (NL-R-001 to NL-R-009): sellers with a Dutch address."""

from app.peppol.findings import brief
from app.peppol.rules.document import BUYER, SELLER, TAX_REPRESENTATIVE, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import filled, quoted, squeeze

_ADDRESS = {"cbc:StreetName": "street", "cbc:CityName": "city", "cbc:PostalZone": "post code"}
_MEANS = frozenset({"30", "48", "49", "57", "58", "59"})


def _is_dutch(document: Document, party: str) -> bool:
    return document.country_at(party) == "NL"


RULES = Rules(when=lambda document: _is_dutch(document, SELLER))


@RULES.on("cbc:CreditNoteTypeCode")
def credit_note_names_the_invoice(code: Node, document: Document) -> None:
    """NL-R-001."""
    if not document.at("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"):
        message = "A Dutch seller's credit note must reference the invoice it credits (BT-25)."
        document.report("NL-R-001", code, message)


@RULES.on(f"{SELLER}/cac:PostalAddress")
def seller_address(address: Node, document: Document) -> None:
    """NL-R-002."""
    _check_address(address, document, "NL-R-002", "The Dutch seller's address")


@RULES.on(f"{BUYER}/cac:PostalAddress")
def buyer_address(address: Node, document: Document) -> None:
    """NL-R-004."""
    if _is_dutch(document, BUYER):
        _check_address(address, document, "NL-R-004", "The Dutch buyer's address")


@RULES.on(f"{TAX_REPRESENTATIVE}/cac:PostalAddress")
def representative_address(address: Node, document: Document) -> None:
    """NL-R-006."""
    if _is_dutch(document, TAX_REPRESENTATIVE):
        _check_address(address, document, "NL-R-006", "The Dutch tax representative's address")


def _check_address(address: Node, document: Document, rule: str, whose: str) -> None:
    missing = [name for name in _ADDRESS if name not in address.kids]
    if missing:
        message = f"{whose} has no {' and no '.join(map(_ADDRESS.__getitem__, missing))}."
        document.report(rule, address, message, child=missing[0])


@RULES.on(f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID")
def seller_number(number: Node, document: Document) -> None:
    """NL-R-003."""
    _check_number(number, document, "NL-R-003", "seller")


@RULES.on(f"{BUYER}/cac:PartyLegalEntity/cbc:CompanyID")
def buyer_number(number: Node, document: Document) -> None:
    """NL-R-005."""
    if _is_dutch(document, BUYER):
        _check_number(number, document, "NL-R-005", "buyer")


def _check_number(number: Node, document: Document, rule: str, who: str) -> None:
    if not {"0106", "0190"} & set(number.get("schemeID").split(" ")) or not filled(number.text):
        message = (
            f"The Dutch {who} needs a KVK number (scheme 0106) or an OIN (0190), "
            f"not scheme {quoted(number.get('schemeID'))}."
        )
        document.report(rule, number, message)


@RULES.on("cac:LegalMonetaryTotal")
def payment_means_are_given(totals: Node, document: Document) -> None:
    """NL-R-007: if an amount is due."""
    due = totals.amount("cbc:PayableAmount")
    nothing_to_pay = due is not None and (due >= 0 if document.is_credit_note else due <= 0)
    if not nothing_to_pay and next(document.named("cac:PaymentMeans"), None) is None:
        message = "An amount is due, so a Dutch seller must add payment instructions (BG-16)."
        document.report("NL-R-007", totals, message, child="cbc:PayableAmount")


@RULES.on("cac:PaymentMeans")
def payment_means_are_dutch(means: Node, document: Document) -> None:
    """NL-R-008."""
    code = squeeze(means.value("cbc:PaymentMeansCode"))
    if code not in _MEANS and _is_dutch(document, BUYER):
        message = f"Between Dutch parties, use payment means 30, 48, 49, 57, 58 or 59, not {brief(code) or 'none'}."
        document.report("NL-R-008", means, message, child="cbc:PaymentMeansCode")


@RULES.on("cac:OrderLineReference/cbc:LineID")
def order_line_has_its_order(line: Node, document: Document) -> None:
    """NL-R-009."""
    if not document.at("cac:OrderReference/cbc:ID"):
        message = "A line references an order line, so a Dutch seller must also reference the order (BT-13)."
        document.report("NL-R-009", line, message)
