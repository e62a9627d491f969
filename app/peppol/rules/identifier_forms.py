"""The form and check digits of identifiers, by scheme (PEPPOL-COMMON-R040 to R062)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.peppol import identifiers
from app.peppol.findings import Severity

CHECKED = " with correct check digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form of one scheme's identifiers, and the rule that checks it."""

    rule: str
    what: str
    form: str
    valid: Callable[[str], bool]
    severity: Severity = "fatal"
    exact: bool = False  # spaces around the identifier are an error


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierForms:
    """The forms of a release; the official rules try these tables in this order."""

    schemes: Mapping[str, Form]
    addresses: Mapping[str, Form]  # schemes checked in electronic addresses only
    vat_numbers: Mapping[str, Form]  # by the first two characters of a VAT number
    last_schemes: Mapping[str, Form]

    def of(self, scheme: str, *, is_address: bool, vat_prefix: str) -> Form | None:
        """Return the form that an identifier must have, None if no rule checks it."""
        return (
            self.schemes.get(scheme)
            or (self.addresses.get(scheme) if is_address else None)
            or self.vat_numbers.get(vat_prefix)
            or self.last_schemes.get(scheme)
        )


_ITALIAN_TAX_CODE = "eleven digits or sixteen characters"

FORMS = IdentifierForms(
    schemes={
        "0007": Form(
            rule="R049",
            what="a Swedish organisation number",
            form=f"ten digits{CHECKED}",
            valid=identifiers.is_swedish_organisation_number,
        ),
        "0088": Form(rule="R040", what="a GLN", form=f"thirteen digits{CHECKED}", valid=identifiers.is_gs1_number),
        "0096": Form(
            rule="R052", what="a Danish P number", form="ten digits", valid=identifiers.is_danish_p_number, exact=True
        ),
        "0106": Form(
            rule="R054",
            what="a Dutch KVK number",
            form="eight digits",
            valid=identifiers.is_dutch_kvk_number,
            severity="warning",
        ),
        "0151": Form(
            rule="R050",
            what="an Australian ABN",
            form=f"eleven digits{CHECKED}",
            valid=identifiers.is_australian_business_number,
        ),
        "0184": Form(
            rule="R042",
            what="a Danish CVR number",
            form="eight digits, optionally after DK",
            valid=identifiers.is_danish_cvr_number,
            exact=True,
        ),
        "0190": Form(
            rule="R055",
            what="a Dutch OIN",
            form="twenty digits",
            valid=identifiers.is_dutch_oin,
            severity="warning",
        ),
        "0192": Form(
            rule="R041",
            what="a Norwegian organisation number",
            form=f"nine digits{CHECKED}",
            valid=identifiers.is_norwegian_organisation_number,
        ),
        "0198": Form(
            rule="R053",
            what="a Danish SE number",
            form="DK and eight digits",
            valid=identifiers.is_danish_se_number,
            exact=True,
        ),
        "0201": Form(
            rule="R044",
            what="an Italian IPA code",
            form="six characters",
            valid=identifiers.is_italian_ipa_code,
            severity="warning",
        ),
        "0208": Form(
            rule="R043",
            what="a Belgian enterprise number",
            form=f"ten digits, without BE or dots,{CHECKED}",
            valid=identifiers.is_belgian_enterprise_number,
        ),
        "0210": Form(
            rule="R045",
            what="an Italian tax code",
            form=_ITALIAN_TAX_CODE,
            valid=identifiers.is_italian_tax_code,
            severity="warning",
        ),
        "0211": Form(
            rule="R047",
            what="an Italian VAT number",
            form=f"IT and eleven digits{CHECKED}",
            valid=identifiers.is_italian_vat_number,
            severity="warning",
        ),
        "9944": Form(
            rule="R056-1",
            what="a Dutch VAT number",
            form="NL, nine digits, B and two digits",
            valid=identifiers.is_dutch_vat_number,
            severity="warning",
        ),
    },
    addresses={
        "9907": Form(
            rule="R046",
            what="an Italian tax code",
            form=_ITALIAN_TAX_CODE,
            valid=identifiers.is_italian_tax_code,
            severity="warning",
        )
    },
    vat_numbers={
        "NL": Form(
            rule="R056-2",
            what="a Dutch VAT number",
            form="NL, nine digits, B and two digits",
            valid=identifiers.is_dutch_vat_number,
            severity="warning",
        )
    },
    last_schemes={
        "0217": Form(
            rule="R057",
            what="a Dutch establishment number",
            form="twelve digits",
            valid=identifiers.is_dutch_establishment_number,
            severity="warning",
        )
    },
)
