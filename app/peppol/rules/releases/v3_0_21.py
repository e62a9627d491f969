"""Peppol BIS Billing 3.0.21, of May 2026, on the CEN rules 1.3.16."""

from datetime import date

from app.peppol.invoice import BUSINESS_PROCESS, SPECIFICATION
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

_BILLING = Profile(
    specification=SPECIFICATION,
    business_process=BUSINESS_PROCESS,
    processes=frozenset(
        {
            BUSINESS_PROCESS,
            "urn:peppol:bis:billing_with_response",
            "urn:peppol:france:billing:regulated",
            "urn:peppol:france:billing:non-regulated",
        }
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
    billing=RuleBook(_BILLING, (*_RULES, *_NATIONAL_RULES)),
)
