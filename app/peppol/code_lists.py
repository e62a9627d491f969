"""The code lists of one release, each beside the rules that check it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.peppol import codes

Codes = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLists:
    """The code lists of a release; each defaults to the list of 3.0.21 on CEN 1.3.16."""

    cen_invoice_types: Codes = codes.CEN_INVOICE_TYPES  # BR-CL-01
    cen_credit_note_types: Codes = codes.CEN_CREDIT_NOTE_TYPES  # BR-CL-01
    invoice_types: Codes = codes.INVOICE_TYPES  # PEPPOL-EN16931-P0100
    credit_note_types: Codes = codes.CREDIT_NOTE_TYPES  # PEPPOL-EN16931-P0101
    domestic_invoice_types: Mapping[str, Codes] = field(default_factory=lambda: codes.DOMESTIC_INVOICE_TYPES)  # P0112
    cen_currencies: Codes = codes.CEN_CURRENCIES  # BR-CL-03 to BR-CL-05
    currencies: Codes = codes.PEPPOL_CURRENCIES  # PEPPOL-EN16931-CL007
    tax_points: Codes = codes.TAX_POINTS  # BR-CL-06, PEPPOL-EN16931-CL006
    reference_qualifiers: Codes = codes.REFERENCE_QUALIFIERS  # BR-CL-07
    note_subjects: Codes = codes.NOTE_SUBJECTS  # BR-CL-08
    identifier_schemes: Codes = codes.IDENTIFIER_SCHEMES  # BR-CL-10, BR-CL-11, BR-CL-21, BR-CL-26
    item_classifications: Codes = codes.ITEM_CLASSIFICATIONS  # BR-CL-13
    countries: Codes = codes.COUNTRIES  # BR-CL-14, BR-CL-15
    payment_means: Codes = codes.PAYMENT_MEANS  # BR-CL-16
    vat_categories: Codes = codes.VAT_CATEGORIES  # BR-CL-17, BR-CL-18
    allowance_reasons: Codes = codes.ALLOWANCE_REASONS  # BR-CL-19, PEPPOL-EN16931-CL002
    charge_reasons: Codes = codes.CHARGE_REASONS  # BR-CL-20, PEPPOL-EN16931-CL003
    exemption_reasons: Codes = codes.EXEMPTION_REASONS  # BR-CL-22
    units: Codes = codes.UNITS  # BR-CL-23
    mime_types: Codes = codes.MIME_TYPES  # BR-CL-24, PEPPOL-EN16931-CL001
    cen_address_schemes: Codes = codes.CEN_ADDRESS_SCHEMES  # BR-CL-25
    address_schemes: Codes = codes.ADDRESS_SCHEMES  # PEPPOL-EN16931-CL008
