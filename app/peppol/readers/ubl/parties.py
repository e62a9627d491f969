"""The parties: BG-4, BG-7, BG-10, BG-11."""

import re

from app.peppol.invoice import Address, Contact, Identifier, Party, Payee, TaxRepresentative
from app.peppol.readers.source import Source

CREDITOR_SCHEME = "SEPA"  # of BT-90 among the identifiers of seller or payee

_VAT_SCHEMES = frozenset({"VAT", "VA", "BTW", "TVA", "MWST", "UST", "IVA", "MOMS"})
_VAT_NUMBER = re.compile(r"[A-Z]{2}[ .]?[0-9A-Z][0-9A-Z .+*-]{1,18}")
_VAT_OF_COUNTRY = re.compile(r"([A-Z]{2}):VAT")  # identifier schemes that preceded EAS: BE:VAT
# UBL 2.0 has more parts of an address than EN 16931 has lines
_MORE_ADDRESS = (
    "BuildingName",
    "BlockName",
    "Floor",
    "Room",
    "Department",
    "InhouseMail",
    "PlotIdentification",
    "CitySubdivisionName",
)


def seller(source: Source) -> Party:
    """Return BG-4."""
    outer = source.one("AccountingSupplierParty")
    return _party(
        outer, account="CustomerAssignedAccountID", contacts=("SellerContact", "AccountingContact"), many=True
    )


def buyer(source: Source) -> Party:
    """Return BG-7, of which the model holds one identifier and the VAT number as the only tax registration."""
    outer = source.one("AccountingCustomerParty")
    return _party(
        outer, account="SupplierAssignedAccountID", contacts=("BuyerContact", "AccountingContact"), many=False
    )


def _party(outer: Source, *, account: str, contacts: tuple[str, ...], many: bool) -> Party:
    party = outer.one("Party")
    name = party.text("PartyLegalEntity/RegistrationName") or party.text("PartyTaxScheme/RegistrationName")
    trading_name = party.text("PartyName/Name")
    vat, registration = _tax_numbers(party, with_registration=many)
    return Party(
        name=name or trading_name or "",
        trading_name=trading_name if name else None,
        identifiers=_identifiers(party, vat=vat, many=many) or _account(outer, account),
        legal_registration=party.identifier("PartyLegalEntity/CompanyID"),
        vat_identifier=vat,
        tax_registration=registration,
        legal_form=party.text("PartyLegalEntity/CompanyLegalForm") if many else None,
        electronic_address=party.identifier("EndpointID"),
        address=address(party.one("PostalAddress")),
        contact=_contact(party, [party.one("Contact"), *(outer.one(name) for name in contacts)]),
    )


def _identifiers(party: Source, *, vat: str | None, many: bool) -> tuple[Identifier, ...]:
    """Return BT-29 or BT-46, without the creditor (BT-90) and a repeated VAT number."""
    elements = [element for element in party.all("PartyIdentification/ID") if element.value]
    elements = [element for element in elements if element.attributes.get("schemeID") != CREDITOR_SCHEME]
    for element in elements:
        if _is_vat(element) and _with_country(element) == vat:
            element.bare("")
    elements = [element for element in elements if not element.read]
    found = (element.identifier() for element in (elements if many else elements[:1]))
    return tuple(identifier for identifier in found if identifier)


def _account(outer: Source, name: str) -> tuple[Identifier, ...]:
    """Return the account number that the other party uses for this one, if it has no identifier."""
    identifier = outer.identifier(name)
    return (identifier,) if identifier else ()


def _tax_numbers(party: Source, *, with_registration: bool) -> tuple[str | None, str | None]:
    """Return BT-31 or BT-48, and BT-32; a second of the same kind stays unread."""
    vat = registration = None
    for group in party.all("PartyTaxScheme"):
        element = group.one("CompanyID")
        if _is_vat_scheme(group):
            if vat is None:
                vat = _take(group, _with_country(element))
        elif registration is None and with_registration:
            registration = _take(group, element.value)
    return vat or _vat_among_identifiers(party), registration


def _take(group: Source, value: str) -> str | None:
    group.bare("CompanyID")
    group.drop("TaxScheme/ID")
    group.drop("TaxScheme/Name")
    group.drop("TaxScheme/TaxTypeCode")
    return value or None


def _is_vat_scheme(group: Source) -> bool:
    scheme = group.peek("TaxScheme/ID") or group.peek("TaxScheme/TaxTypeCode")
    if scheme:
        return scheme.upper() in _VAT_SCHEMES
    return _is_vat(group.one("CompanyID")) or bool(_VAT_NUMBER.fullmatch(group.peek("CompanyID") or ""))


def _is_vat(element: Source) -> bool:
    return bool(_VAT_OF_COUNTRY.fullmatch(element.attributes.get("schemeID", "")))


def _with_country(element: Source) -> str:
    """Return the VAT number, with the country if only its scheme states it."""
    scheme = _VAT_OF_COUNTRY.fullmatch(element.attributes.get("schemeID", ""))
    return f"{scheme[1]}{element.value}" if scheme and element.value[:1].isdigit() else element.value


def _vat_among_identifiers(party: Source) -> str | None:
    elements = [*party.all("PartyIdentification/ID"), *party.all("EndpointID")]
    return next((_with_country(element) for element in elements if _is_vat(element) and element.value), None)


def _contact(party: Source, places: list[Source]) -> Contact | None:
    """Return BG-6 or BG-9 from the first place that has one."""
    place = next((place for place in places if not place.is_empty), places[0])
    found = Contact(
        name=place.text("Name") or _person(party),
        telephone=place.text("Telephone"),
        email=place.text("ElectronicMail"),
    )
    return None if found == Contact() else found


def _person(party: Source) -> str | None:
    person = party.one("Person")
    parts = [person.text(name) for name in ("FirstName", "MiddleName", "FamilyName")]
    return " ".join(part for part in parts if part) or None


def payee(source: Source) -> Payee | None:
    """Return BG-10."""
    party = source.one("PayeeParty")
    if party.is_empty:
        return None
    return Payee(
        name=party.text("PartyName/Name") or party.text("PartyLegalEntity/RegistrationName") or "",
        identifier=next(iter(_identifiers(party, vat=None, many=False)), None),
        legal_registration=party.identifier("PartyLegalEntity/CompanyID"),
    )


def tax_representative(source: Source) -> TaxRepresentative | None:
    """Return BG-11."""
    party = source.one("TaxRepresentativeParty")
    if party.is_empty:
        return None
    return TaxRepresentative(
        name=party.text("PartyName/Name") or party.text("PartyLegalEntity/RegistrationName") or "",
        vat_identifier=_tax_numbers(party, with_registration=False)[0],
        address=address(party.one("PostalAddress")),
    )


def address(place: Source) -> Address | None:
    """Return a postal address; parts beyond street and two lines go on the free lines."""
    if place.is_empty:
        return None
    street = [part for part in (place.text("StreetName"), place.text("BuildingNumber")) if part]
    lines = [place.text("AdditionalStreetName"), place.text("AddressLine/Line")]
    for more in _more_lines(place):
        _put(more, lines=lines)
    country = place.code("Country/IdentificationCode")
    if country:
        place.drop("Country/Name")
    return Address(
        line_1=" ".join(street) or None,
        line_2=lines[0],
        line_3=lines[1],
        city=place.text("CityName"),
        post_code=place.text("PostalZone"),
        subdivision=place.text("CountrySubentity") or place.text("CountrySubentityCode"),
        country=country or "",
    )


def _more_lines(place: Source) -> list[str]:
    box = place.text("Postbox")
    parts = [f"PO Box {box}" if box and box.isdigit() else box, *(place.text(name) for name in _MORE_ADDRESS)]
    parts += [element.text() for element in place.all("AddressLine/Line")[1:]]
    return [part for part in parts if part]


def _put(more: str, *, lines: list[str | None]) -> None:
    free = lines.index(None) if None in lines else len(lines) - 1
    lines[free] = more if lines[free] is None else f"{lines[free]}, {more}"
