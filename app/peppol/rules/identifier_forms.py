"""The form and check digits of identifiers, by scheme (PEPPOL-COMMON-R040 to R062)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from app.peppol import identifiers
from app.peppol.findings import Severity

CHECKED = " with correct check digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form of one kind of identifier, and the rule that checks it."""

    rule: str
    scheme: str = ""  # of the identifier
    vat_prefixes: tuple[str, ...] = ()  # or the first two characters of a VAT number
    what: str
    form: str
    valid: Callable[[str], bool]
    severity: Severity = "fatal"
    exact: bool = False  # spaces around the identifier are an error
    address_only: bool = False  # checked in electronic addresses only


class IdentifierForms:
    """The forms of a release, in the order of the official rules: the first that applies to an identifier decides."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms = tuple(forms)
        ranked = list(enumerate(self.forms))
        self._by_scheme = {form.scheme: (rank, form) for rank, form in ranked if form.scheme}
        self._by_vat_prefix = {prefix: (rank, form) for rank, form in ranked for prefix in form.vat_prefixes}

    def revised(self, revisions: Mapping[str, tuple[Form, ...]]) -> "IdentifierForms":
        """Return the forms of a later release: rule → the forms that take its place."""
        return IdentifierForms(new for form in self.forms for new in revisions.get(form.rule, (form,)))

    def of(self, scheme: str, *, is_address: bool, vat_prefix: str) -> Form | None:
        """Return the form that an identifier must have, None if no rule checks it."""
        ranked = (self._by_scheme.get(scheme), self._by_vat_prefix.get(vat_prefix))
        applying = [found for found in ranked if found and (is_address or not found[1].address_only)]
        return min(applying, key=itemgetter(0))[1] if applying else None


_ITALIAN_TAX_CODE = "eleven digits or sixteen characters"

FORMS = IdentifierForms(
    (
        Form(
            rule="R040",
            scheme="0088",
            what="a GLN",
            form=f"thirteen digits{CHECKED}",
            valid=identifiers.is_gs1_number,
        ),
        Form(
            rule="R041",
            scheme="0192",
            what="a Norwegian organisation number",
            form=f"nine digits{CHECKED}",
            valid=identifiers.is_norwegian_organisation_number,
        ),
        Form(
            rule="R042",
            scheme="0184",
            what="a Danish CVR number",
            form="eight digits, optionally after DK",
            valid=identifiers.is_danish_cvr_number,
            exact=True,
        ),
        Form(
            rule="R043",
            scheme="0208",
            what="a Belgian enterprise number",
            form=f"ten digits, without BE or dots,{CHECKED}",
            valid=identifiers.is_belgian_enterprise_number,
        ),
        Form(
            rule="R044",
            scheme="0201",
            what="an Italian IPA code",
            form="six characters",
            valid=identifiers.is_italian_ipa_code,
            severity="warning",
        ),
        Form(
            rule="R045",
            scheme="0210",
            what="an Italian tax code",
            form=_ITALIAN_TAX_CODE,
            valid=identifiers.is_italian_tax_code,
            severity="warning",
        ),
        Form(
            rule="R046",
            scheme="9907",
            what="an Italian tax code",
            form=_ITALIAN_TAX_CODE,
            valid=identifiers.is_italian_tax_code,
            severity="warning",
            address_only=True,
        ),
        Form(
            rule="R047",
            scheme="0211",
            what="an Italian VAT number",
            form=f"IT and eleven digits{CHECKED}",
            valid=identifiers.is_italian_vat_number,
            severity="warning",
        ),
        Form(
            rule="R049",
            scheme="0007",
            what="a Swedish organisation number",
            form=f"ten digits{CHECKED}",
            valid=identifiers.is_swedish_organisation_number,
        ),
        Form(
            rule="R050",
            scheme="0151",
            what="an Australian ABN",
            form=f"eleven digits{CHECKED}",
            valid=identifiers.is_australian_business_number,
        ),
        Form(
            rule="R052",
            scheme="0096",
            what="a Danish P number",
            form="ten digits",
            valid=identifiers.is_danish_p_number,
            exact=True,
        ),
        Form(
            rule="R053",
            scheme="0198",
            what="a Danish SE number",
            form="DK and eight digits",
            valid=identifiers.is_danish_se_number,
            exact=True,
        ),
        Form(
            rule="R054",
            scheme="0106",
            what="a Dutch KVK number",
            form="eight digits",
            valid=identifiers.is_dutch_kvk_number,
            severity="warning",
        ),
        Form(
            rule="R055",
            scheme="0190",
            what="a Dutch OIN",
            form="twenty digits",
            valid=identifiers.is_dutch_oin,
            severity="warning",
        ),
        Form(
            rule="R056-1",
            scheme="9944",
            what="a Dutch VAT number",
            form="NL, nine digits, B and two digits",
            valid=identifiers.is_dutch_vat_number,
            severity="warning",
        ),
        Form(
            rule="R056-2",
            vat_prefixes=("NL",),
            what="a Dutch VAT number",
            form="NL, nine digits, B and two digits",
            valid=identifiers.is_dutch_vat_number,
            severity="warning",
        ),
        Form(
            rule="R057",
            scheme="0217",
            what="a Dutch establishment number",
            form="twelve digits",
            valid=identifiers.is_dutch_establishment_number,
            severity="warning",
        ),
    )
)
