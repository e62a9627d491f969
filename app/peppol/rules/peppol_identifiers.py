"""Peppol: identifiers must have the form and check digits of their scheme (PEPPOL-COMMON-R040 to R062)."""

from collections.abc import Callable
from dataclasses import dataclass

from app.peppol import identifiers
from app.peppol.findings import Severity
from app.peppol.rules.document import Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.release import NOVEMBER_2026
from app.peppol.rules.tree import Node
from app.peppol.rules.values import quoted, squeeze

RULES = Rules()


@dataclass(frozen=True, slots=True)
class _Scheme:
    """What a scheme's identifiers look like, and the rule that says so."""

    rule: str
    what: str
    form: str
    valid: Callable[[str], bool]
    severity: Severity = "fatal"
    exact: bool = False  # spaces around the identifier are an error too
    fatal_in_november: bool = False


_CHECKED = ", with right check digits"

_SCHEMES = {
    "0007": _Scheme(
        "R049", "a Swedish organisation number", f"ten digits{_CHECKED}", identifiers.is_swedish_organisation_number
    ),
    "0088": _Scheme("R040", "a GLN", f"thirteen digits{_CHECKED}", identifiers.is_gs1_number),
    "0096": _Scheme("R052", "a Danish P number", "ten digits", identifiers.is_danish_p_number, exact=True),
    "0106": _Scheme(
        "R054",
        "a Dutch KVK number",
        "eight digits",
        identifiers.is_dutch_kvk_number,
        "warning",
        fatal_in_november=True,
    ),
    "0151": _Scheme("R050", "an Australian ABN", f"eleven digits{_CHECKED}", identifiers.is_australian_business_number),
    "0184": _Scheme(
        "R042", "a Danish CVR number", "eight digits, or DK and eight", identifiers.is_danish_cvr_number, exact=True
    ),
    "0190": _Scheme(
        "R055", "a Dutch OIN", "twenty digits", identifiers.is_dutch_oin, "warning", fatal_in_november=True
    ),
    "0192": _Scheme(
        "R041",
        "a Norwegian organisation number",
        f"nine digits{_CHECKED}",
        identifiers.is_norwegian_organisation_number,
    ),
    "0198": _Scheme("R053", "a Danish SE number", "DK and eight digits", identifiers.is_danish_se_number, exact=True),
    "0201": _Scheme("R044", "an Italian IPA code", "six characters", identifiers.is_italian_ipa_code, "warning"),
    "0208": _Scheme(
        "R043",
        "a Belgian enterprise number",
        f"ten digits without BE and without dots{_CHECKED}",
        identifiers.is_belgian_enterprise_number,
    ),
    "0210": _Scheme(
        "R045", "an Italian tax code", "eleven digits or sixteen characters", identifiers.is_italian_tax_code, "warning"
    ),
    "0211": _Scheme(
        "R047", "an Italian VAT number", f"IT and eleven digits{_CHECKED}", identifiers.is_italian_vat_number, "warning"
    ),
    "9944": _Scheme(
        "R056-1",
        "a Dutch VAT number",
        "NL123456789B12",
        identifiers.is_dutch_vat_number,
        "warning",
        fatal_in_november=True,
    ),
}
_ITALIAN_ADDRESS = _Scheme(
    "R046", "an Italian tax code", "eleven digits or sixteen characters", identifiers.is_italian_tax_code, "warning"
)
_DUTCH_VAT = _Scheme(
    "R056-2",
    "a Dutch VAT number",
    "NL123456789B12",
    identifiers.is_dutch_vat_number,
    "warning",
    fatal_in_november=True,
)
_DUTCH_ESTABLISHMENT = _Scheme(
    "R057",
    "a Dutch establishment number",
    "twelve digits",
    identifiers.is_dutch_establishment_number,
    "warning",
    fatal_in_november=True,
)


def _is_belgian_enterprise_number_of_today(text: str) -> bool:
    return text[:1] in {"0", "1"} and identifiers.is_belgian_enterprise_number(text)


# What 3.0.22 checks otherwise, or in addition
_SCHEMES_OF_NOVEMBER = _SCHEMES | {
    "0088": _Scheme(
        "R040", "a GLN", f"thirteen digits{_CHECKED}", lambda text: len(text) == 13 and identifiers.is_gs1_number(text)
    ),
    "0208": _Scheme(
        "R043",
        "a Belgian enterprise number",
        f"ten digits that begin with 0 or 1, without BE and without dots{_CHECKED}",
        _is_belgian_enterprise_number_of_today,
    ),
    "0240": _Scheme(
        "R059", "a Luxembourg matricule", f"eleven digits{_CHECKED}", identifiers.is_luxembourg_matricule, "warning"
    ),
}
_BELGIAN_VAT = _Scheme(
    "R062",
    "a Belgian VAT number",
    f"BE and the ten digits of the enterprise number{_CHECKED}",
    lambda text: text[:2].upper() == "BE" and _is_belgian_enterprise_number_of_today(text[2:]),
    "warning",
)
_LUXEMBOURG_VAT = _Scheme(
    "R058",
    "a Luxembourg VAT number",
    f"LU and eight digits{_CHECKED}",
    lambda text: identifiers.is_luxembourg_vat_number(text.upper()),
    "warning",
)


@RULES.on("cbc:EndpointID", "cac:PartyIdentification/cbc:ID", "cbc:CompanyID")
def identifier(node: Node, document: Document) -> None:
    """PEPPOL-COMMON-R040 to R059 by scheme."""
    if "cac:PartyTaxScheme/" not in node.place.path:
        _check(node, document, country="")


@RULES.on("cac:PartyTaxScheme")
def tax_number(registration: Node, document: Document) -> None:
    """PEPPOL-COMMON-R040 to R059 by scheme, else R056-2, R058 and R062 by the country of a VAT number."""
    vat = any(squeeze(scheme.text) == "VAT" for scheme in registration.all("cac:TaxScheme/cbc:ID"))
    for number in registration.children("cbc:CompanyID"):
        _check(number, document, country=squeeze(number.text)[:2] if vat else "")


def _check(node: Node, document: Document, *, country: str) -> None:
    """As in the official rules, only the first rule that applies to a number looks at it."""
    scheme = _scheme_of(node, document, country)
    if scheme is None:
        return
    text = node.text if scheme.exact else squeeze(node.text)
    if not scheme.valid(text):
        strict = scheme.fatal_in_november and document.release >= NOVEMBER_2026
        message = f"{quoted(text)} is not {scheme.what}: {scheme.form}."
        document.report(f"PEPPOL-COMMON-{scheme.rule}", node, message, severity="fatal" if strict else scheme.severity)


def _scheme_of(node: Node, document: Document, country: str) -> _Scheme | None:
    code = node.get("schemeID")
    november = document.release >= NOVEMBER_2026
    known = (_SCHEMES_OF_NOVEMBER if november else _SCHEMES).get(code)
    if known is not None:
        return known
    if code == "9907" and node.place.name == "cbc:EndpointID":
        return _ITALIAN_ADDRESS
    if country == "NL":
        return _DUTCH_VAT
    if november and country == "BE":
        return _BELGIAN_VAT
    if november and country.upper() == "LU":
        return _LUXEMBOURG_VAT
    return _DUTCH_ESTABLISHMENT if code == "0217" else None
