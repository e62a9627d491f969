"""Peppol BIS Billing 3.0.21, of May 2026, on the CEN rules 1.3.16."""

from datetime import date

from app.peppol.code_lists import CodeLists
from app.peppol.profiles import BILLING, SELF_BILLING, WITH_RESPONSE
from app.peppol.rules import (
    belgium,
    cen_allowances,
    cen_codes,
    cen_presence,
    cen_syntax,
    cen_totals,
    cen_unused,
    cen_vat,
    cen_vat_amounts,
    peppol,
    peppol_codes,
    peppol_identifiers,
)
from app.peppol.rules.national import denmark, germany, greece, iceland, italy, netherlands, norway, sweden
from app.peppol.rules.profile import Profile
from app.peppol.rules.registry import RuleBook
from app.peppol.rules.release import Release

_BILLING = Profile(ids=BILLING)
_SELF_BILLING = Profile(
    ids=SELF_BILLING,
    free_types=frozenset({WITH_RESPONSE}),
    codes=CodeLists(
        invoice_types=frozenset({"389", "527"}), credit_note_types=frozenset({"261"}), domestic_invoice_types={}
    ),
)

_RULES = (
    cen_presence.RULES,
    cen_allowances.RULES,
    cen_totals.RULES,
    cen_vat.RULES,
    cen_vat_amounts.RULES,
    cen_codes.RULES,
    cen_syntax.RULES,
    cen_unused.RULES,
    peppol.RULES,
    peppol_codes.RULES,
    peppol_identifiers.RULES,
    belgium.RULES,
)
_NATIONAL_RULES = (
    denmark.RULES,
    germany.RULES,
    greece.RULES,
    greece.ADDRESS_RULES,
    iceland.RULES,
    italy.RULES,
    netherlands.RULES,
    norway.RULES,
    sweden.RULES,
    sweden.RATES,
)

V3_0_21 = Release(
    name="3.0.21",
    mandatory_from=date(2026, 5, 18),
    billing=RuleBook(_BILLING, (*_RULES, peppol.SUBTOTALS, *_NATIONAL_RULES)),
    self_billing=RuleBook(_SELF_BILLING, _RULES),  # its national rules are "to be reviewed and added by each country"
)
