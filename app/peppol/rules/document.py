"""An invoice under one profile: facts that many rules share, and the findings so far."""

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
_MOST_FINDINGS = 100_000  # bounds the memory that a hostile document can use


class Vat(NamedTuple):
    """VAT as the document writes it: code, rate and tax scheme, each None if absent."""

    code: str | None
    rate: str | None
    scheme: str | None

    @property
    def category(self) -> str:
        """Return the category code without spaces around it."""
        return squeeze(self.code or "")

    @property
    def is_vat(self) -> bool:
        """Return whether the tax scheme is VAT, ignoring case."""
        return squeeze(self.scheme or "").upper() == "VAT"


_VatTexts = tuple[str | None, str | None, str | None]


def vat_of(category: Node) -> Vat:
    """Return the texts of a tax category."""
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
        self.reported: set[str] = set()  # ids of the rules broken so far
        self._has_fatal = False
        self.is_credit_note = self.root.place.name == "CreditNote"
        self.currency_is_given = "cbc:DocumentCurrencyCode" in self.root.kids
        self.currency = self.root.value("cbc:DocumentCurrencyCode")
        self.lines = self.at(LINES[0]) + self.at(LINES[1])
        self.tax_amounts = self.at("cac:TaxTotal/cbc:TaxAmount")  # BT-110, and BT-111 if any

    @cached_property
    def lines_by_vat(self) -> dict[tuple[Vat, ...], list[Node]]:
        """Return the lines grouped by their tax categories: a few groups even in a long document."""
        groups: dict[tuple[_VatTexts, ...], list[Node]] = {}
        for line in self.lines:
            texts = tuple([_vat_texts(category) for category in line.all(_CATEGORIES_OF_A_LINE)])
            groups.setdefault(texts, []).append(line)
        return {tuple([Vat(*text) for text in texts]): lines for texts, lines in groups.items()}

    @cached_property
    def seller_country(self) -> str:
        """Return the seller's country by its VAT number, else its tax representative's, else its address."""
        return self._vat_country(SELLER) or self._vat_country(TAX_REPRESENTATIVE) or self.country_at(SELLER) or "XX"

    @cached_property
    def buyer_country(self) -> str:
        """Return the buyer's country by its VAT number, else its address."""
        return self._vat_country(BUYER) or self.country_at(BUYER) or "XX"

    @cached_property
    def seller_country_alone(self) -> str:
        """Return the seller's country ignoring a tax representative, as the Greek rules do."""
        return self._vat_country(SELLER) or self.country_at(SELLER) or "XX"

    @cached_property
    def within_germany(self) -> bool:
        """Return whether seller and buyer both have a German address."""
        return self.country_at(SELLER) == self.country_at(BUYER) == "DE"

    def is_domestic(self, country: str) -> bool:
        """Return whether seller and buyer are in a country: Germany by address, others by VAT number first."""
        return self.within_germany if country == "DE" else self.seller_country == self.buyer_country == country

    def country_at(self, party: str) -> str:
        """Return the country code of a party's address in capitals, empty if absent."""
        return squeeze(self.value(f"{party}/cac:PostalAddress/cac:Country/cbc:IdentificationCode")).upper()

    def _vat_country(self, party: str) -> str:
        """Return the first two characters of a party's VAT number; XX for several, as in the official rules."""
        prefixes = [
            scheme.value("cbc:CompanyID")[:2]
            for scheme in self.at(f"{party}/cac:PartyTaxScheme")
            if any(tax.text == "VAT" for tax in scheme.all("cac:TaxScheme/cbc:ID"))
        ]
        return squeeze(prefixes[0]).upper() if len(prefixes) == 1 else "XX" if prefixes else ""

    def report(self, rule: str, node: Node, message: str, *, child: str = "", severity: Severity = "fatal") -> None:
        """Record a breach at a node; `child` is the missing or affected path below it."""
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
        """Record a breach that leaves the document valid."""
        self.report(rule, node, message, child=child, severity="warning")
