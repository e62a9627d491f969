"""Peppol BIS Billing 3.0.22, of November 2026: cardinalities, stricter identifiers, Slovakia."""

from dataclasses import replace
from datetime import date

from app.peppol import identifiers
from app.peppol.rules import cardinality
from app.peppol.rules.identifier_forms import CHECKED, FORMS, Form
from app.peppol.rules.national import slovakia, sweden
from app.peppol.rules.release import Release
from app.peppol.rules.releases.v3_0_21 import V3_0_21

_FATAL = frozenset(f"PEPPOL-COMMON-{rule}" for rule in ("R054", "R055", "R056-1", "R056-2", "R057"))


def _is_gln(text: str) -> bool:
    return len(text) == 13 and identifiers.is_gs1_number(text)


def _is_belgian_enterprise_number(text: str) -> bool:
    return text[:1] in {"0", "1"} and identifiers.is_belgian_enterprise_number(text)


_SCHEMES = {
    "0088": replace(FORMS.schemes["0088"], valid=_is_gln),
    "0208": replace(
        FORMS.schemes["0208"],
        form=f"ten digits starting with 0 or 1, without BE or dots,{CHECKED}",
        valid=_is_belgian_enterprise_number,
    ),
    "0240": Form(
        rule="R059",
        what="a Luxembourg matricule",
        form=f"eleven digits{CHECKED}",
        valid=identifiers.is_luxembourg_matricule,
        severity="warning",
    ),
}
_BELGIAN_VAT = Form(
    rule="R062",
    what="a Belgian VAT number",
    form=f"BE and the ten digits of the enterprise number{CHECKED}",
    valid=lambda text: text[:2].upper() == "BE" and _is_belgian_enterprise_number(text[2:]),
    severity="warning",
)
_LUXEMBOURG_VAT = Form(
    rule="R058",
    what="a Luxembourg VAT number",
    form=f"LU and eight digits{CHECKED}",
    valid=lambda text: identifiers.is_luxembourg_vat_number(text.upper()),
    severity="warning",
)
_VAT_NUMBERS = {"BE": _BELGIAN_VAT, **dict.fromkeys(("LU", "Lu", "lU", "lu"), _LUXEMBOURG_VAT)}


_CODES, _FORMS = V3_0_21.billing.profile.codes, V3_0_21.billing.profile.identifiers
_GERMAN, _SLOVAK = frozenset({"DE"}), frozenset({"SK"})

V3_0_22 = Release(
    name="3.0.22",
    mandatory_from=date(2027, 2, 24),
    billing=V3_0_21.billing.revised(
        codes=replace(
            _CODES,
            invoice_types=_CODES.invoice_types | {"389"},  # between German parties only
            domestic_invoice_types={"326": _GERMAN, "384": _GERMAN | _SLOVAK, "389": _GERMAN},
        ),
        identifiers=replace(
            _FORMS, schemes={**_FORMS.schemes, **_SCHEMES}, vat_numbers={**_FORMS.vat_numbers, **_VAT_NUMBERS}
        ),
        fatal=_FATAL,
        withdrawn=("GR-R-001-5",),
        add=(cardinality.RULES, slovakia.RULES, slovakia.ADDRESS_RULES, sweden.DOMESTIC_RATES),
        remove=(sweden.RATES,),
    ),
)
