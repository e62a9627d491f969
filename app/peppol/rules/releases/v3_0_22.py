"""Peppol BIS Billing 3.0.22, of November 2026: cardinalities, stricter identifiers, Slovakia."""

from dataclasses import replace
from datetime import date

from app.peppol import identifiers
from app.peppol.code_lists import CodeLists
from app.peppol.rules import cardinality, peppol
from app.peppol.rules.identifier_forms import CHECKED, Form
from app.peppol.rules.national import slovakia, sweden
from app.peppol.rules.registry import RuleBook
from app.peppol.rules.release import Release
from app.peppol.rules.releases.v3_0_21 import V3_0_21

_FATAL = frozenset(f"PEPPOL-COMMON-{rule}" for rule in ("R054", "R055", "R056-1", "R056-2", "R057"))


def _is_gln(text: str) -> bool:
    return len(text) == 13 and identifiers.is_gs1_number(text)


def _is_belgian_enterprise_number(text: str) -> bool:
    return text[:1] in {"0", "1"} and identifiers.is_belgian_enterprise_number(text)


def _is_belgian_vat_number(text: str) -> bool:
    return text[:2].upper() == "BE" and _is_belgian_enterprise_number(text[2:])


def _is_luxembourg_vat_number(text: str) -> bool:
    return identifiers.is_luxembourg_vat_number(text.upper())


def _form(rule: str) -> Form:
    return next(form for form in V3_0_21.billing.profile.identifiers.forms if form.rule == rule)


_IDENTIFIERS = {
    "R040": (replace(_form("R040"), valid=_is_gln),),
    "R043": (
        replace(
            _form("R043"),
            form=f"ten digits starting with 0 or 1, without BE or dots,{CHECKED}",
            valid=_is_belgian_enterprise_number,
        ),
        Form(
            rule="R062",
            vat_prefixes=("BE",),
            what="a Belgian VAT number",
            form=f"BE and the ten digits of the enterprise number{CHECKED}",
            valid=_is_belgian_vat_number,
            severity="warning",
        ),
    ),
    "R057": (
        _form("R057"),
        Form(
            rule="R058",
            vat_prefixes=("LU", "Lu", "lU", "lu"),
            what="a Luxembourg VAT number",
            form=f"LU and eight digits{CHECKED}",
            valid=_is_luxembourg_vat_number,
            severity="warning",
        ),
        Form(
            rule="R059",
            scheme="0240",
            what="a Luxembourg matricule",
            form=f"eleven digits{CHECKED}",
            valid=identifiers.is_luxembourg_matricule,
            severity="warning",
        ),
    ),
}
_GERMAN, _SLOVAK = frozenset({"DE"}), frozenset({"SK"})


def _revised(book: RuleBook, *, codes: CodeLists) -> RuleBook:
    """Return a book with the changes that both profiles share."""
    return book.revised(
        codes=replace(codes, address_schemes=codes.address_schemes | {"0158"}),
        identifiers=book.profile.identifiers.revised(_IDENTIFIERS),
        fatal=_FATAL,
        add=(cardinality.RULES,),
    )


_BILLING, _SELF_BILLING = V3_0_21.billing.profile.codes, V3_0_21.self_billing.profile.codes

V3_0_22 = Release(
    name="3.0.22",
    mandatory_from=date(2027, 2, 24),
    billing=_revised(
        V3_0_21.billing,
        codes=replace(
            _BILLING,
            invoice_types=_BILLING.invoice_types | {"389"},  # between German parties only
            domestic_invoice_types={"326": _GERMAN, "384": _GERMAN | _SLOVAK, "389": _GERMAN},
        ),
    ).revised(
        withdrawn=("GR-R-001-5",),
        add=(slovakia.RULES, slovakia.ADDRESS_RULES, sweden.DOMESTIC_RATES),
        remove=(sweden.RATES,),
    ),
    self_billing=_revised(V3_0_21.self_billing, codes=_SELF_BILLING).revised(add=(peppol.SUBTOTALS,)),
)
