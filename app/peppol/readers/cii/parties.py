"""The parties: BG-4, BG-7, BG-10, BG-11, BG-13."""

from app.peppol.invoice import Address, Contact, Delivery, Identifier, Party, Payee, TaxRepresentative
from app.peppol.readers.cii.dates import day
from app.peppol.readers.source import Source

_VAT, _LOCAL_TAX = "VA", "FC"  # UNTDID 1153 for the VAT number and the local tax number


def seller(agreement: Source) -> Party:
    """Return BG-4."""
    return _party(agreement.one("SellerTradeParty"), many=True)


def buyer(agreement: Source) -> Party:
    """Return BG-7, of which the model holds one identifier and the VAT number as the only tax registration."""
    return _party(agreement.one("BuyerTradeParty"), many=False)


def _party(party: Source, *, many: bool) -> Party:
    organisation = party.one("SpecifiedLegalOrganization")
    identifiers = _identifiers(party)
    return Party(
        name=party.text("Name") or "",
        trading_name=organisation.text("TradingBusinessName"),
        identifiers=tuple(taken for element in identifiers[: None if many else 1] if (taken := element.identifier())),
        legal_registration=organisation.identifier("ID"),
        vat_identifier=_registration(party, _VAT),
        tax_registration=_registration(party, _LOCAL_TAX) if many else None,
        legal_form=party.texts("Description") if many else None,
        electronic_address=party.identifier("URIUniversalCommunication/URIID"),
        address=_address(party.one("PostalTradeAddress")),
        contact=_contact(party.one("DefinedTradeContact")),
    )


def _identifiers(party: Source) -> list[Source]:
    """Return BT-29, BT-46, BT-60 or BT-71; global ones, which have a scheme, come first."""
    return [element for element in party.all("GlobalID") + party.all("ID") if element.value]


def _registration(party: Source, scheme: str) -> str | None:
    """Return the first tax registration of the scheme."""
    for element in party.all("SpecifiedTaxRegistration/ID"):
        if element.attributes.get("schemeID") == scheme:
            return element.bare("")
    return None


def _contact(contact: Source) -> Contact | None:
    """Return BG-6 or BG-9."""
    names = [name for name in (contact.text("PersonName"), contact.text("DepartmentName")) if name]
    found = Contact(
        name=", ".join(names) or None,
        telephone=contact.text("TelephoneUniversalCommunication/CompleteNumber"),
        email=contact.bare("EmailURIUniversalCommunication/URIID"),
    )
    return None if found == Contact() else found


def _address(place: Source) -> Address | None:
    if place.is_empty:
        return None
    return Address(
        line_1=place.text("LineOne"),
        line_2=place.text("LineTwo"),
        line_3=place.text("LineThree"),
        city=place.text("CityName"),
        post_code=place.text("PostcodeCode"),
        subdivision=place.texts("CountrySubDivisionName"),
        country=place.code("CountryID") or "",
    )


def payee(settlement: Source) -> Payee | None:
    """Return BG-10."""
    party = settlement.one("PayeeTradeParty")
    if party.is_empty:
        return None
    organisation = party.one("SpecifiedLegalOrganization")
    return Payee(
        name=party.text("Name") or "",
        identifier=_first(_identifiers(party)),
        legal_registration=organisation.identifier("ID"),
    )


def tax_representative(agreement: Source) -> TaxRepresentative | None:
    """Return BG-11."""
    party = agreement.one("SellerTaxRepresentativeTradeParty")
    if party.is_empty:
        return None
    return TaxRepresentative(
        name=party.text("Name") or "",
        vat_identifier=_registration(party, _VAT),
        address=_address(party.one("PostalTradeAddress")),
    )


def delivery(logistics: Source) -> Delivery | None:
    """Return BG-13."""
    party = logistics.one("ShipToTradeParty")
    found = Delivery(
        party_name=party.text("Name"),
        location=_first(_identifiers(party)),
        actual_date=day(logistics, "ActualDeliverySupplyChainEvent/OccurrenceDateTime"),
        address=_address(party.one("PostalTradeAddress")),
    )
    return None if found == Delivery() else found


def _first(elements: list[Source]) -> Identifier | None:
    return elements[0].identifier() if elements else None
