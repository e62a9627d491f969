"""The parties and the delivery: BG-4, BG-7, BG-10, BG-11, BG-13."""

from app.peppol.invoice import Address, Contact, Delivery, Identifier, Invoice, Party, Payee, TaxRepresentative
from app.peppol.writer.xml import day, group, identifier, text


def parties(invoice: Invoice) -> str:
    """Return seller, buyer, payee, tax representative and delivery, in schema order."""
    creditors = _creditors(invoice)
    seller = _party(invoice.seller, creditors=() if invoice.payee else creditors)
    return (
        group("AccountingSupplierParty", group("Party", seller))
        + group("AccountingCustomerParty", group("Party", _party(invoice.buyer)))
        + (_payee(invoice.payee, creditors=creditors) if invoice.payee else "")
        + (_tax_representative(invoice.tax_representative) if invoice.tax_representative else "")
        + (_delivery(invoice.delivery) if invoice.delivery else "")
    )


def _creditors(invoice: Invoice) -> tuple[Identifier, ...]:
    """Return BT-90, an identifier of the seller or payee in the scheme SEPA."""
    debits = (instruction.direct_debit for instruction in invoice.payment_instructions)
    values = dict.fromkeys(debit.creditor for debit in debits if debit and debit.creditor)
    return tuple(Identifier(value, "SEPA") for value in values)


def _party(party: Party, *, creditors: tuple[Identifier, ...] = ()) -> str:
    return (
        identifier("EndpointID", party.electronic_address)  # BT-34, BT-49
        + "".join(_identification(item) for item in (*party.identifiers, *creditors))  # BT-29, BT-46, BT-90
        + group("PartyName", text("Name", party.trading_name))  # BT-28, BT-45
        + address("PostalAddress", party.address)  # BG-5, BG-8
        + _tax_scheme(party.vat_identifier, scheme="VAT")  # BT-31, BT-48
        + _tax_scheme(party.tax_registration, scheme="TAX")  # BT-32
        + group("PartyLegalEntity", _legal_entity(party))
        + (_contact(party.contact) if party.contact else "")  # BG-6, BG-9
    )


def _identification(item: Identifier | None) -> str:
    return group("PartyIdentification", identifier("ID", item))


def _tax_scheme(number: str | None, *, scheme: str) -> str:
    company = text("CompanyID", number) if number else ""
    return company and group("PartyTaxScheme", company + group("TaxScheme", text("ID", scheme)))


def _legal_entity(party: Party) -> str:
    return (
        text("RegistrationName", party.name)  # BT-27, BT-44
        + identifier("CompanyID", party.legal_registration)  # BT-30, BT-47
        + text("CompanyLegalForm", party.legal_form)  # BT-33
    )


def _contact(contact: Contact) -> str:
    return group(
        "Contact",
        text("Name", contact.name)  # BT-41, BT-56
        + text("Telephone", contact.telephone)  # BT-42, BT-57
        + text("ElectronicMail", contact.email),  # BT-43, BT-58
    )


def address(name: str, place: Address | None) -> str:
    """Return a postal address under the given element name, empty if absent."""
    if place is None:
        return ""
    return group(
        name,
        text("StreetName", place.line_1)  # BT-35, BT-50, BT-64, BT-75
        + text("AdditionalStreetName", place.line_2)  # BT-36, BT-51, BT-65, BT-76
        + text("CityName", place.city)  # BT-37, BT-52, BT-66, BT-77
        + text("PostalZone", place.post_code)  # BT-38, BT-53, BT-67, BT-78
        + text("CountrySubentity", place.subdivision)  # BT-39, BT-54, BT-68, BT-79
        + group("AddressLine", text("Line", place.line_3))  # BT-162 … BT-165
        + group("Country", text("IdentificationCode", place.country)),  # BT-40, BT-55, BT-69, BT-80
    )


def _payee(payee: Payee, *, creditors: tuple[Identifier, ...]) -> str:
    return group(
        "PayeeParty",
        "".join(_identification(item) for item in (payee.identifier, *creditors))  # BT-60, BT-90
        + group("PartyName", text("Name", payee.name))  # BT-59
        + group("PartyLegalEntity", identifier("CompanyID", payee.legal_registration)),  # BT-61
    )


def _tax_representative(representative: TaxRepresentative) -> str:
    return group(
        "TaxRepresentativeParty",
        group("PartyName", text("Name", representative.name))  # BT-62
        + address("PostalAddress", representative.address)  # BG-12
        + _tax_scheme(representative.vat_identifier, scheme="VAT"),  # BT-63
    )


def _delivery(delivery: Delivery) -> str:
    location = identifier("ID", delivery.location) + address("Address", delivery.address)  # BT-71, BG-15
    return group(
        "Delivery",
        day("ActualDeliveryDate", delivery.actual_date)  # BT-72
        + group("DeliveryLocation", location)
        + group("DeliveryParty", group("PartyName", text("Name", delivery.party_name))),  # BT-70
    )
