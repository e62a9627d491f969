"""Sweden (SE-R-001 to SE-R-013): sellers with a Swedish address; some rules also require a Swedish VAT number."""

from app.peppol.findings import brief
from app.peppol.identifiers import luhn
from app.peppol.rules.document import BUYER, SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import floating, quoted, squeeze

_COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
_RATES = frozenset({25.0, 12.0, 6.0})


def _is_swedish(document: Document, party: str) -> bool:
    return any(country.text == "SE" for country in document.at(f"{party}/{_COUNTRY}"))


def _from_sweden(document: Document) -> bool:
    return _is_swedish(document, SELLER)


RULES = Rules(when=_from_sweden)
RATES = Rules(when=_from_sweden)
DOMESTIC_RATES = Rules(when=lambda document: _is_swedish(document, SELLER) and _is_swedish(document, BUYER))


def _vat_numbers(party: Node) -> list[str]:
    return [
        registration.value("cbc:CompanyID")
        for registration in party.children("cac:PartyTaxScheme")
        if any(scheme.text == "VAT" for scheme in registration.all("cac:TaxScheme/cbc:ID"))
    ]


def _has_swedish_vat_number(document: Document) -> bool:
    return any(number[:2] == "SE" for party in document.at(SELLER) for number in _vat_numbers(party))


@RULES.on(SELLER)
def seller_vat_number(party: Node, document: Document) -> None:
    """SE-R-001, SE-R-002."""
    if not _has_swedish_vat_number(document):
        return
    number = _vat_numbers(party)[0]
    for rule, right in (
        ("SE-R-001", len(squeeze(number)) == 14),
        ("SE-R-002", floating(number[2:14]) is not None),
    ):
        if not right:
            message = f"The Swedish VAT number {brief(number)} must be SE and twelve digits, such as SE556000472101."
            document.report(rule, party, message, child="cac:PartyTaxScheme/cbc:CompanyID")


@RULES.on(f"{SELLER}/cac:PartyLegalEntity")
def seller_organisation_number(entity: Node, document: Document) -> None:
    """SE-R-003, SE-R-004, SE-R-013."""
    if "cbc:CompanyID" not in entity.kids:
        return
    number = squeeze(entity.value("cbc:CompanyID"))
    for rule, right, form in (
        ("SE-R-003", floating(number) is not None, "must be digits only"),
        ("SE-R-004", len(number) == 10, "must have ten digits"),
        ("SE-R-013", _checks(number), "has a wrong check digit"),
    ):
        if not right:
            message = f"The Swedish organisation number {brief(number)} {form}."
            document.report(rule, entity, message, child="cbc:CompanyID")


def _checks(number: str) -> bool:
    """Check the first ten digits, as the official rule does."""
    return number.isdecimal() and len(number) >= 10 and luhn(number[:10])


@RULES.on(SELLER)
def tax_registration(party: Node, document: Document) -> None:
    """SE-R-005."""
    if party.first("cac:PartyLegalEntity/cbc:CompanyID") is None:
        return
    for registration in party.children("cac:PartyTaxScheme"):
        if squeeze(registration.value("cac:TaxScheme/cbc:ID").upper()) == "VAT":
            continue
        for number in registration.children("cbc:CompanyID"):
            if squeeze(number.text.upper()) != "GODKÄND FÖR F-SKATT":
                message = f"The Swedish seller's tax registration is {quoted(number.text)}, not “Godkänd för F-skatt”."
                document.report("SE-R-005", number, message)


@DOMESTIC_RATES.on("cac:TaxCategory", "cac:ClassifiedTaxCategory")
@RATES.on("cac:TaxCategory", "cac:ClassifiedTaxCategory")
def standard_rates(category: Node, document: Document) -> None:
    """SE-R-006."""
    if category.value("cbc:ID") != "S" or floating(category.value("cbc:Percent")) in _RATES:
        return
    if _has_swedish_vat_number(document):
        message = f"Swedish VAT is 25, 12 or 6 %, not {brief(category.value('cbc:Percent')) or 'empty'}."
        document.report("SE-R-006", category, message, child="cbc:Percent")


@RULES.on("cac:PaymentMeans")
def giro(means: Node, document: Document) -> None:
    """SE-R-007 to SE-R-012."""
    code = means.value("cbc:PaymentMeansCode")
    if code in {"50", "56"}:
        message = f"For giro, use payment means 30 with SE:BANKGIRO or SE:PLUSGIRO as the branch (BT-86), not {code}."
        document.warn("SE-R-011", means, message, child="cbc:PaymentMeansCode")
    if code == "31" and _is_swedish(document, BUYER):
        message = "Between Swedish parties, use payment means 30 for credit transfers, not 31."
        document.warn("SE-R-012", means, message, child="cbc:PaymentMeansCode")
    branch = squeeze(means.value("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"))
    if squeeze(code) == "30" and branch in {"SE:PLUSGIRO", "SE:BANKGIRO"}:
        for account in means.all("cac:PayeeFinancialAccount/cbc:ID"):
            _check_giro(account, document, branch)


def _check_giro(account: Node, document: Document, branch: str) -> None:
    number = squeeze(account.text)
    plusgiro = branch == "SE:PLUSGIRO"
    if floating(number) is None:
        message = f"The {branch.removeprefix('SE:').lower()} number {brief(number)} must be digits only."
        document.warn("SE-R-007" if plusgiro else "SE-R-008", account, message)
    if plusgiro and not 2 <= len(number) <= 8:
        document.warn("SE-R-010", account, f"The plusgiro number {brief(number)} must have two to eight digits.")
    if not plusgiro and len(number) not in {7, 8}:
        document.warn("SE-R-009", account, f"The bankgiro number {brief(number)} must have seven or eight digits.")
