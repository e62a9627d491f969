"""Read Banqup's supplier, customer, payee, tax representative and delivery as the parties of EN 16931."""

from app.banqup import schemas
from app.convert.banqup.identifiers import Identifiers
from app.peppol.invoice import Address, Contact, Delivery, Identifier, Party, Payee, TaxRepresentative


def seller(party: schemas.Party, *, losses: list[str]) -> Party:
    """Return BG-4."""
    known = Identifiers(party)
    losses += _without_place("seller", known.unused)
    return _party(party, known, further=tuple(known.further), tax_number=known.tax_number, legal_form=party.legal_form)


def buyer(party: schemas.Party, *, losses: list[str]) -> Party:
    """Return BG-7 with one identifier: the customer number by which the seller knows the buyer, else another."""
    known = Identifiers(party)
    numbered = (Identifier(party.customer_number),) if party.customer_number else ()
    found = (*numbered, *known.further)
    taxes = [f"tax number {known.tax_number}"] if known.tax_number else []
    losses += _without_place("buyer", [f"identifier {extra.value}" for extra in found[1:]] + taxes + known.unused)
    return _party(party, known, further=found[:1])


def _party(
    party: schemas.Party,
    known: Identifiers,
    *,
    further: tuple[Identifier, ...],
    tax_number: str | None = None,
    legal_form: str | None = None,
) -> Party:
    name = party.legal_name or party.trade_name or ""
    return Party(
        name=name,
        trading_name=party.trade_name if party.trade_name != name else None,
        identifiers=further,
        legal_registration=known.registration,
        vat_identifier=known.vat_number,
        tax_registration=tax_number,
        legal_form=legal_form,
        electronic_address=known.electronic_address,
        address=address(party.address, country=known.country),
        contact=_contact(party, email=known.email),
    )


def payee(party: schemas.Party | None, *, losses: list[str]) -> Payee | None:
    """Return BG-10."""
    if party is None or not (name := party.legal_name or party.trade_name):
        return None
    known = Identifiers(party)
    taxes = [f"VAT number {known.vat_number}"] if known.vat_number and not known.is_registered_for_vat else []
    losses += _without_place("payee", [f"identifier {extra.value}" for extra in known.further[1:]] + taxes)
    return Payee(
        name=name, identifier=known.further[0] if known.further else None, legal_registration=known.registration
    )


def tax_representative(party: schemas.Party | None, *, losses: list[str]) -> TaxRepresentative | None:
    """Return BG-11."""
    if party is None:
        return None
    known = Identifiers(party)
    registration = (known.registration,) if known.registration and not known.is_registered_for_vat else ()
    others = (*registration, *known.further)
    losses += _without_place("tax representative", [f"identifier {extra.value}" for extra in others])
    return TaxRepresentative(
        name=party.legal_name or party.trade_name or "",
        vat_identifier=known.vat_number,
        address=address(party.address, country=known.country),
    )


def _without_place(of: str, numbers: list[str]) -> list[str]:
    return [f"The {of}'s further {number} has no place in EN 16931." for number in numbers]


def delivery(source: schemas.DeliveryDetails | None) -> Delivery | None:
    """Return BG-13."""
    if source is None:
        return None
    return Delivery(
        party_name=source.party_name,
        location=Identifier(source.location_gln, "0088") if source.location_gln else None,
        actual_date=source.delivery_date,
        address=address(source.address),
    )


def address(source: schemas.Address | None, *, country: str | None = None) -> Address | None:
    """Return a postal address: street and number together, in the order of the countries that Banqup serves."""
    if source is None:
        return Address(country=country) if country else None
    street = " ".join([part for part in (source.street_name, source.building_number, _box(source)) if part])
    return Address(
        line_1=street or None,
        line_2=source.additional_street_name,
        line_3=source.address_line,
        city=source.town_name,
        post_code=source.post_code,
        subdivision=source.region,
        country=(source.country or country or "").strip().upper(),
    )


def _box(source: schemas.Address) -> str | None:
    return f"box {source.box_number}" if source.box_number else None


def _contact(party: schemas.Party, *, email: str | None) -> Contact | None:
    if party.contact is None:
        return Contact(email=email) if email else None
    return Contact(name=party.contact.name, telephone=party.contact.phone, email=party.contact.email or email)
