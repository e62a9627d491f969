"""An invoice under one profile: what many rules ask about it, and the findings so far."""

from functools import cached_property
from typing import NamedTuple

from lxml import etree

from app.peppol.findings import Finding, Severity
from app.peppol.rules.profile import Profile
from app.peppol.rules.terms import term_at
from app.peppol.rules.tree import Node, Tree
from app.peppol.rules.values import squeeze

SELLER = "cac:AccountingSupplierParty/cac:Party"
BUYER = "cac:AccountingCustomerParty/cac:Party"
TAX_REPRESENTATIVE = "cac:TaxRepresentativeParty"
CLASSIFIED = "cac:ClassifiedTaxCategory"
LINES = ("cac:InvoiceLine", "cac:CreditNoteLine")

_CATEGORIES_OF_A_LINE = f"cac:Item/{CLASSIFIED}"
_MOST_FINDINGS = 100_000  # what a hostile document can make of the memory


class Vat(NamedTuple):
    """The VAT of something as it is written: code, rate and tax scheme, each None where its element is missing."""

    code: str | None
    rate: str | None
    scheme: str | None

    @property
    def category(self) -> str:
        """The category code without spaces around it."""
        return squeeze(self.code or "")

    @property
    def is_vat(self) -> bool:
        """Whether the tax scheme is VAT, in capitals or not."""
        return squeeze(self.scheme or "").upper() == "VAT"


_VatTexts = tuple[str | None, str | None, str | None]


def vat_of(category: Node) -> Vat:
    """What a tax category says."""
    return Vat(*_vat_texts(category))


def _vat_texts(category: Node) -> _VatTexts:
    kids = category.kids
    code, rate, scheme = kids.get("cbc:ID"), kids.get("cbc:Percent"), kids.get("cac:TaxScheme")
    name = scheme.kids.get("cbc:ID") if scheme is not None else None
    return (
        code.text if code is not None else None,
        rate.text if rate is not None else None,
        name.text if name is not None else None,
    )


class Document(Tree):
    """One document under one profile of one release."""

    def __init__(self, root: etree._Element, profile: Profile) -> None:
        """Walk the document once; its root must be one of `ROOTS`."""
        super().__init__(root)
        self.profile = profile
        self.codes = profile.codes
        self.findings: list[Finding] = []
        self.reported: set[str] = set()  # the rules that were broken
        self._has_fatal = False
        self.is_credit_note = self.root.place.name == "CreditNote"
        self.currency_is_given = "cbc:DocumentCurrencyCode" in self.root.kids
        self.currency = self.root.value("cbc:DocumentCurrencyCode")
        self.lines = self.at(LINES[0]) + self.at(LINES[1])
        self.tax_amounts = self.at("cac:TaxTotal/cbc:TaxAmount")  # BT-110, and BT-111 where there is one

    @cached_property
    def lines_by_vat(self) -> dict[tuple[Vat, ...], list[Node]]:
        """The lines, by what their tax categories say: a few groups even in a long document."""
        groups: dict[tuple[_VatTexts, ...], list[Node]] = {}
        for line in self.lines:
            texts = tuple([_vat_texts(category) for category in line.all(_CATEGORIES_OF_A_LINE)])
            groups.setdefault(texts, []).append(line)
        return {tuple([Vat(*text) for text in texts]): lines for texts, lines in groups.items()}

    @cached_property
    def seller_country(self) -> str:
        """The seller's country by his VAT number, else by his tax representative's, else by his address."""
        return self._vat_country(SELLER) or self._vat_country(TAX_REPRESENTATIVE) or self.country_at(SELLER) or "XX"

    @cached_property
    def buyer_country(self) -> str:
        """The buyer's country by his VAT number, else by his address."""
        return self._vat_country(BUYER) or self.country_at(BUYER) or "XX"

    @cached_property
    def seller_country_alone(self) -> str:
        """The seller's country without regard to a tax representative, as the Greek rules take it."""
        return self._vat_country(SELLER) or self.country_at(SELLER) or "XX"

    @cached_property
    def within_germany(self) -> bool:
        """Whether seller and buyer both have a German address."""
        return self.country_at(SELLER) == self.country_at(BUYER) == "DE"

    def is_domestic(self, country: str) -> bool:
        """Whether seller and buyer are both of a country: of Germany by address, of others as the country rules say."""
        return self.within_germany if country == "DE" else self.seller_country == self.buyer_country == country

    def country_at(self, party: str) -> str:
        """The country code of a party's address in capitals, empty when there is none."""
        return squeeze(self.value(f"{party}/cac:PostalAddress/cac:Country/cbc:IdentificationCode")).upper()

    def _vat_country(self, party: str) -> str:
        """The first two characters of a party's VAT number; of several numbers none tells, as in the official rules."""
        prefixes = [
            scheme.value("cbc:CompanyID")[:2]
            for scheme in self.at(f"{party}/cac:PartyTaxScheme")
            if any(tax.text == "VAT" for tax in scheme.all("cac:TaxScheme/cbc:ID"))
        ]
        return squeeze(prefixes[0]).upper() if len(prefixes) == 1 else "XX" if prefixes else ""

    def report(self, rule: str, node: Node, message: str, *, child: str = "", severity: Severity = "fatal") -> None:
        """Note a breach at a node; `child` names what is missing there or meant below it."""
        if rule in self.profile.fatal:
            severity = "fatal"
        elif rule in self.profile.withdrawn:
            return
        if len(self.findings) >= _MOST_FINDINGS and (severity == "warning" or self._has_fatal):
            return
        self._has_fatal |= severity == "fatal"
        self.reported.add(rule)
        term = term_at(f"{node.place.path}/{child}".strip("/")) or term_at(node.place.path)
        self.findings.append(Finding(rule, severity, message, self.xpath(node), term))

    def warn(self, rule: str, node: Node, message: str, *, child: str = "") -> None:
        """Note a breach that does not make the document invalid."""
        self.report(rule, node, message, child=child, severity="warning")
