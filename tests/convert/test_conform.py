"""How codes, numbers and amounts of other profiles become those of Peppol, and what is said about it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.convert.conform import conform
from app.peppol.invoice import (
    Address,
    AllowanceCharge,
    Attribute,
    Classification,
    CreditTransfer,
    Delivery,
    Identifier,
    Invoice,
    Item,
    Line,
    Party,
    Payee,
    PaymentInstructions,
    Price,
    SupportingDocument,
    Totals,
    Vat,
    VatBreakdown,
)
from tests.peppol.documents import BUYER, SELLER, STANDARD, full, line, plain

GERMAN = Party(name="Weber GmbH", address=Address(country="DE"))


def conformed(invoice: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return conform(invoice, losses=losses), losses


def the_line(**terms: Any) -> tuple[Line, list[str]]:
    found, losses = conformed(plain(line(**terms)))
    return found.lines[0], losses


def the_seller(**terms: Any) -> tuple[Party, list[str]]:
    found, losses = conformed(plain(seller=replace(SELLER, identifiers=(), **terms)))
    return found.seller, losses


def test_a_document_that_is_as_peppol_has_it_stays_as_it_is() -> None:
    invoice = replace(full(), totals=replace(full().totals, rounding=None))
    assert conformed(invoice) == (invoice, [])


# The header


def test_profile_and_specification_are_those_of_peppol_billing() -> None:
    found, losses = conformed(plain(specification="urn:cen.eu:en16931:2017", business_process="urn:www.cenbii.eu"))
    assert found.specification.endswith("poacc:billing:3.0")
    assert found.business_process == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    assert losses == []


@pytest.mark.parametrize(
    ("source", "written"), [("380", "380"), ("384", "380"), ("130", "380"), ("396", "396"), ("308", "381")]
)
def test_a_type_that_peppol_does_not_take_becomes_a_plain_one(source: str, written: str) -> None:
    found, losses = conformed(plain(type_code=source))
    assert found.type_code == written
    assert len(losses) == (source != written)


def test_a_corrected_invoice_stays_one_between_germans() -> None:
    assert conformed(plain(type_code="384", seller=GERMAN, buyer=GERMAN))[0].type_code == "384"


def test_self_billing_is_not_hidden_by_another_type() -> None:
    assert conformed(plain(type_code="389"))[0].type_code == "389"


def test_an_accounting_currency_without_an_amount_in_it_is_left_out() -> None:
    found, losses = conformed(plain(vat_accounting_currency="SEK"))
    assert found.vat_accounting_currency is None
    assert "SEK" in losses[0]


@pytest.mark.parametrize(("source", "written"), [("35", "35"), ("5", "3"), ("72", "432"), ("99", None)])
def test_the_vat_point_is_of_the_list_that_ubl_uses(source: str, written: str | None) -> None:
    found, losses = conformed(plain(vat_point_date_code=source))
    assert found.vat_point_date_code == written
    assert len(losses) == (written is None)


def test_a_vat_point_date_excludes_its_code() -> None:
    found, losses = conformed(plain(vat_point_date_code="3", vat_point_date=date(2026, 5, 4)))
    assert found.vat_point_date_code is None
    assert len(losses) == 1


def test_between_germans_a_buyer_reference_is_always_there() -> None:
    assert conformed(plain(seller=GERMAN, buyer=GERMAN, buyer_reference=None))[0].buyer_reference == "NA"


# Parties


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("BE 0404.616.494", "BE0404616494"),
        ("BE404616494", "BE0404616494"),
        ("0404616494", "BE0404616494"),
        ("nl001234567b01", "NL001234567B01"),
        ("DE 123 456 789", "DE123456789"),
    ],
)
def test_a_vat_number_has_its_country_and_nothing_between_its_digits(source: str, written: str) -> None:
    assert the_seller(vat_identifier=source)[0].vat_identifier == written


@pytest.mark.parametrize(
    ("scheme", "value", "written"),
    [
        ("BE:VAT", "BE0404616494", Identifier("0404616494", "0208")),
        ("BE:CBE", "0404.616.494", Identifier("0404616494", "0208")),
        ("9956", "0404616494", Identifier("0404616494", "0208")),
        ("9925", "BE0404616494", Identifier("BE0404616494", "9925")),
        ("NL:KVK", "27375186", Identifier("27375186", "0106")),
        ("DE:VAT", "DE123456789", Identifier("DE123456789", "9930")),
        ("GLN", "5412345000013", Identifier("5412345000013", "0088")),
    ],
)
def test_an_electronic_address_of_an_old_scheme_has_the_code_of_today(
    scheme: str, value: str, written: Identifier
) -> None:
    seller, losses = the_seller(electronic_address=Identifier(value, scheme))
    assert seller.electronic_address == written
    assert losses == []


@pytest.mark.parametrize("address", [Identifier("an@peeters.example", "EM"), Identifier("5412345000014", "0088")])
def test_an_address_that_peppol_does_not_take_gives_way_to_the_enterprise_number(address: Identifier) -> None:
    seller, losses = the_seller(electronic_address=address)
    assert seller.electronic_address == Identifier("0404616494", "0208")
    assert losses[0].endswith("0208:0404616494 is written instead.")


def test_an_e_mail_address_becomes_that_of_the_contact() -> None:
    seller, _ = the_seller(electronic_address=Identifier("an@peeters.example", "EM"), contact=None)
    assert seller.contact is not None
    assert seller.contact.email == "an@peeters.example"


def test_a_german_authority_is_addressed_by_the_buyer_reference() -> None:
    found, _ = conformed(plain(buyer=GERMAN, buyer_reference="04011000-12345-03"))
    assert found.buyer.electronic_address == Identifier("04011000-12345-03", "0204")


def test_a_buyer_reference_of_another_form_is_no_address() -> None:
    assert conformed(plain(buyer=GERMAN, buyer_reference="DEPT-12"))[0].buyer.electronic_address is None


def test_a_seller_without_any_number_is_addressed_by_the_account() -> None:
    means = PaymentInstructions(means_code="58", credit_transfer=CreditTransfer(account="DE79 0000 0000 1234 5678 90"))
    found, _ = conformed(plain(seller=GERMAN, payment_instructions=(means,)))
    assert found.seller.electronic_address == Identifier("DE79000000001234567890", "9918")


def test_an_identifier_of_an_unknown_scheme_or_a_wrong_number_keeps_its_value_without_the_scheme() -> None:
    for own in (Identifier("Gent 1234", "RPR"), Identifier("5412345000014", "0088")):
        found, losses = conformed(plain(buyer=replace(BUYER, identifiers=(own,))))
        assert found.buyer.identifiers == (Identifier(own.value),)
        assert own.value in losses[0]


@pytest.mark.parametrize(
    ("country", "value", "written"),
    [
        ("BE", "BE 0404.616.494", Identifier("0404616494", "0208")),
        ("NL", "27375186", Identifier("27375186", "0106")),
        ("DK", "29403473", Identifier("29403473", "0184")),
        ("NO", "123456789", Identifier("123456789")),
        ("DE", "HRB 12345", Identifier("HRB 12345")),
    ],
)
def test_a_registration_without_a_scheme_gets_that_of_its_country(
    country: str, value: str, written: Identifier
) -> None:
    seller, _ = the_seller(legal_registration=Identifier(value), address=Address(country=country))
    assert seller.legal_registration == written


def test_the_country_of_a_party_comes_from_its_vat_number_when_no_address_says_it() -> None:
    seller, _ = the_seller(address=None, vat_identifier="EL123456789")
    assert seller.address == Address(country="GR")


def test_a_payee_who_is_the_seller_says_nothing() -> None:
    assert conformed(plain(payee=Payee(name=SELLER.name)))[0].payee is None


def test_a_place_of_delivery_without_a_country_is_in_that_of_the_buyer() -> None:
    found, losses = conformed(plain(delivery=Delivery(address=Address(city="Heverlee"))))
    assert found.delivery == Delivery(address=Address(city="Heverlee", country="BE"))
    assert len(losses) == 1


# Supporting documents


def attached(**terms: Any) -> tuple[SupportingDocument, list[str]]:
    found, losses = conformed(plain(supporting_documents=(SupportingDocument(**{"reference": "", **terms}),)))
    return found.supporting_documents[0], losses


def test_an_attachment_gets_the_name_and_type_that_it_lacks() -> None:
    found, losses = attached(reference="F-1", content=b"%PDF-1.4")
    assert (found.mime_code, found.filename, losses) == ("application/pdf", "F-1.pdf", [])
    found, losses = attached(content=b"a;b", filename="data.csv", mime_code="application/octet-stream")
    assert (found.reference, found.mime_code, losses) == ("data.csv", "text/csv", [])


def test_an_attachment_of_a_type_that_peppol_does_not_take_is_named() -> None:
    found, losses = attached(reference="Data", content=b"<a/>", mime_code="application/xml", filename="data.xml")
    assert found == SupportingDocument(reference="Data")
    assert "data.xml" in losses[0]


def test_a_document_without_a_number_gets_one() -> None:
    assert attached(location="https://peeters.example")[0].reference == "Document 1"


# VAT


def exempt(*groups: tuple[str | None, str | None], category: str = "E") -> tuple[tuple[VatBreakdown, ...], list[str]]:
    breakdown = tuple(
        VatBreakdown(
            vat=Vat(category, Decimal(0)),
            taxable_amount=Decimal(10),
            tax_amount=Decimal(0),
            exemption_reason_code=code,
            exemption_reason=reason,
        )
        for code, reason in groups
    )
    found, losses = conformed(plain(vat_breakdown=breakdown))
    return found.vat_breakdown, losses


@pytest.mark.parametrize(
    ("category", "code", "reason", "expected"),
    [
        ("E", "BETE-EX", "Exempt", (None, "Exempt (BETE-EX)")),
        ("E", "BETE-SC", None, (None, "Small company (BETE-SC)")),
        ("AE", "BETE-45", None, ("VATEX-EU-AE", "Reverse charge - Contractor (BETE-45)")),
        ("K", "BETE-46/GO", "Goods", ("VATEX-EU-IC", "Goods (BETE-46/GO)")),
        ("E", "vatex-eu-132", None, ("VATEX-EU-132", None)),
        ("E", "ART-44", None, (None, "ART-44")),
    ],
)
def test_an_exemption_code_is_of_vatex_or_is_said_in_words(
    category: str, code: str, reason: str | None, expected: tuple[str | None, str | None]
) -> None:
    (group,), losses = exempt((code, reason), category=category)
    assert (group.exemption_reason_code, group.exemption_reason) == expected
    assert losses == []


def test_breakdowns_of_one_category_and_rate_become_one_with_all_their_reasons() -> None:
    (group,), _ = exempt(("BETE-EX", "Exempt"), ("BETE-FD", "Financial discount"))
    assert group.taxable_amount == Decimal(20)
    assert group.exemption_reason == "Exempt (BETE-EX); Financial discount (BETE-FD)"


def test_a_category_with_vat_has_no_reason_for_an_exemption() -> None:
    (group,), losses = exempt((None, "None"), category="Z")
    assert group.exemption_reason is None
    assert "None" in losses[0]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (Vat("AA", Decimal(9)), Vat("S", Decimal(9))),
        (Vat("", Decimal(21)), Vat("S", Decimal(21))),
        (Vat("e"), Vat("E", Decimal(0))),
        (Vat("O", Decimal(0)), Vat("O")),
    ],
)
def test_a_vat_category_is_of_the_list_with_the_rate_that_it_stands_for(source: Vat, written: Vat) -> None:
    assert the_line(vat=source)[0].vat == written


def test_what_names_no_vat_category_has_the_only_one_of_the_document() -> None:
    allowance = AllowanceCharge(amount=Decimal(1), reason="Loyalty")
    breakdown = (VatBreakdown(vat=STANDARD, taxable_amount=Decimal(99), tax_amount=Decimal("20.79")),)
    found, _ = conformed(plain(replace(line(), vat=None), allowances=(allowance,), vat_breakdown=breakdown))
    assert (found.lines[0].vat, found.allowances[0].vat) == (STANDARD, STANDARD)


def test_a_german_breakdown_has_a_rate_even_outside_the_scope_of_vat() -> None:
    outside = (VatBreakdown(vat=Vat("O"), taxable_amount=Decimal(1), tax_amount=Decimal(0)),)
    assert conformed(plain(vat_breakdown=outside, seller=GERMAN))[0].vat_breakdown[0].vat.rate == 0
    assert conformed(plain(vat_breakdown=outside))[0].vat_breakdown[0].vat.rate is None


# Lines


@pytest.mark.parametrize(
    ("source", "written", "lost"), [("STUK", "H87", 0), ("c62", "C62", 0), ("", "C62", 0), ("FLASK", "C62", 1)]
)
def test_a_unit_is_a_code_or_a_word_for_one(source: str, written: str, lost: int) -> None:
    found, losses = the_line(unit=source)
    assert (found.unit, len(losses)) == (written, lost)


def test_a_line_that_only_says_what_it_costs_is_one_of_it() -> None:
    found, _ = conformed(plain(replace(line(), quantity=None, price=Price(), net_amount=Decimal("12.50"))))
    assert (found.lines[0].quantity, found.lines[0].price.net) == (Decimal(1), Decimal("12.50"))


def test_a_price_that_is_missing_is_what_amount_and_quantity_give() -> None:
    found, _ = conformed(plain(replace(line(), quantity=Decimal(3), price=Price(), net_amount=Decimal(10))))
    assert found.lines[0].price.net == Decimal("3.333333")


def test_a_negative_price_is_a_negative_quantity() -> None:
    found, _ = conformed(plain(replace(line(), price=Price(net=Decimal(-5), gross=Decimal(-6), discount=Decimal(-1)))))
    assert (found.lines[0].quantity, found.lines[0].price) == (
        Decimal(-2),
        Price(net=Decimal(5), gross=Decimal(6), discount=Decimal(1)),
    )


def test_a_price_that_was_rounded_to_cents_is_the_one_that_gives_the_amount() -> None:
    rounded = replace(line(), quantity=Decimal(50), price=Price(net=Decimal("4.10")), net_amount=Decimal("204.75"))
    found, losses = conformed(plain(rounded))
    assert (found.lines[0].price.net, found.lines[0].net_amount) == (Decimal("4.095"), Decimal("204.75"))
    assert losses == ["Line 1: the price 4.10 is rounded; 4.095 gives the net amount."]


def test_a_price_that_is_wrong_by_more_than_rounding_stays_wrong() -> None:
    wrong = replace(line(), quantity=Decimal(50), price=Price(net=Decimal("4.20")), net_amount=Decimal("204.75"))
    assert conformed(plain(wrong))[0].lines[0].price.net == Decimal("4.20")


def test_what_only_the_amount_says_was_returned_has_a_negative_quantity() -> None:
    found, losses = conformed(plain(replace(line(), net_amount=Decimal(-100))))
    assert (found.lines[0].quantity, found.lines[0].net_amount) == (Decimal(-2), Decimal("-100.00"))
    assert "2 is written as -2" in losses[0]


def test_a_gross_price_that_does_not_give_the_net_price_is_left_out() -> None:
    found, losses = conformed(
        plain(replace(line(), price=Price(net=Decimal(5), gross=Decimal(9), discount=Decimal(1))))
    )
    assert found.lines[0].price == Price(net=Decimal(5))
    assert "9 less 1 is not 5" in losses[0]


def test_a_base_quantity_is_above_nothing_and_in_the_unit_of_the_line() -> None:
    price = Price(net=Decimal(5), base_quantity=Decimal(0), base_quantity_unit="C62")
    assert conformed(plain(replace(line(), price=price)))[0].lines[0].price == Price(net=Decimal(5))
    price = replace(price, base_quantity=Decimal(10), base_quantity_unit="KGM")
    found, losses = conformed(plain(replace(line(), price=price)))
    assert found.lines[0].price.base_quantity_unit == "C62"
    assert "KGM" in losses[0]


def test_a_line_without_a_number_gets_its_place() -> None:
    assert [each.identifier for each in conformed(plain(line(""), line("")))[0].lines] == ["1", "2"]


def item(**terms: Any) -> tuple[Item, list[str]]:
    found, losses = the_line(item=Item(name="Paper", **terms))
    return found.item, losses


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (Identifier("5412345000013"), Identifier("5412345000013", "0160")),
        (Identifier("5412345000013", "EAN"), Identifier("5412345000013", "0160")),
        (Identifier("7", "0088"), Identifier("7", "0088")),
    ],
)
def test_a_standard_item_number_has_a_scheme(source: Identifier, written: Identifier) -> None:
    assert item(standard_identifier=source)[0].standard_identifier == written


def test_an_item_number_of_no_known_scheme_is_an_attribute() -> None:
    found, _ = item(standard_identifier=Identifier("X-7", "OWN"))
    assert (found.standard_identifier, found.attributes) == (None, (Attribute("OWN", "X-7"),))


@pytest.mark.parametrize(("source", "written"), [("CPV", "STI"), ("HS", "HS"), ("OWN", "ZZZ"), (None, "ZZZ")])
def test_a_classification_is_of_a_list_that_peppol_knows(source: str | None, written: str) -> None:
    found, _ = item(classifications=(Classification(code="1", scheme=source),))
    assert found.classifications == (Classification(code="1", scheme=written),)


def test_a_country_of_origin_that_is_none_is_named() -> None:
    assert item(country_of_origin="be")[0].country_of_origin == "BE"
    found, losses = item(country_of_origin="QQ")
    assert found.country_of_origin is None
    assert "QQ" in losses[0]


# Money


def test_line_amounts_are_rounded_so_that_the_total_of_the_document_stays() -> None:
    nets = ("0.3349", "0.3349", "0.3349")
    lines = [replace(line(str(number)), net_amount=Decimal(net)) for number, net in enumerate(nets, start=1)]
    found, losses = conformed(plain(*lines, totals=Totals(line_net=Decimal("1.00"))))
    assert [each.net_amount for each in found.lines] == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    assert losses == ["3 line net amounts with more than two decimals are rounded to cents, such as 0.3349 of line 1."]


def test_an_amount_with_superfluous_zeros_is_not_said_to_be_rounded() -> None:
    found, losses = conformed(plain(replace(line(), net_amount=Decimal("100.0000"))))
    assert (str(found.lines[0].net_amount), losses) == ("100.00", [])


def adjusted(**terms: Any) -> tuple[AllowanceCharge, list[str]]:
    allowance = AllowanceCharge(**{"amount": Decimal(25), "reason": "Loyalty", **terms})
    found, losses = the_line(allowances=(allowance,))
    return found.allowances[0], losses


def test_base_amount_and_percentage_go_together() -> None:
    found, losses = adjusted(percentage=Decimal(20))
    assert (found.base_amount, losses) == (Decimal("125.00"), [])
    found, losses = adjusted(base_amount=Decimal(100))
    assert (found.percentage, losses) == (Decimal(25), [])


def test_a_percentage_that_does_not_give_the_amount_is_left_out_and_the_amount_stays() -> None:
    found, losses = adjusted(base_amount=Decimal(100), percentage=Decimal(50))
    assert (found.amount, found.base_amount, found.percentage) == (Decimal(25), None, None)
    assert "50 %" in losses[0]


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        ("95", None, ("95", None)),
        (None, "Loyalty", (None, "Loyalty")),
        ("XX", "Loyalty", (None, "Loyalty (XX)")),
        (None, None, (None, "Discount")),
    ],
)
def test_an_allowance_has_a_reason(code: str | None, reason: str | None, expected: tuple[str | None, str]) -> None:
    found, _ = adjusted(reason_code=code, reason=reason)
    assert (found.reason_code, found.reason) == expected


def test_an_amount_to_pay_that_is_rounded_says_so() -> None:
    totals = Totals(with_vat=Decimal("12.11"), paid=Decimal(2), payable=Decimal("10.10"))
    found, losses = conformed(plain(totals=totals))
    assert found.totals.rounding == Decimal("-0.01")
    assert "-0.01" in losses[0]


def test_a_contradiction_is_not_taken_for_rounding() -> None:
    totals = Totals(with_vat=Decimal(12), payable=Decimal(10))
    assert conformed(plain(totals=totals))[0].totals.rounding is None


# Payment


@pytest.mark.parametrize(
    ("code", "account", "written"),
    [
        ("58", "BE68539007547034", "58"),
        ("", "BE68539007547034", "30"),
        ("30", "", "1"),
        ("XYZ", "", "1"),
        ("48", "", "48"),
    ],
)
def test_a_payment_means_is_of_the_list_and_a_transfer_has_an_account(code: str, account: str, written: str) -> None:
    transfer = CreditTransfer(account=account) if account else None
    found, losses = conformed(
        plain(payment_instructions=(PaymentInstructions(means_code=code, credit_transfer=transfer),))
    )
    assert found.payment_instructions[0].means_code == written
    assert len(losses) == (bool(code) and code != written)


def test_an_account_number_has_no_blanks() -> None:
    transfer = CreditTransfer(account="be68 5390 0754 7034", provider="GKCC BEBB")
    found, _ = conformed(plain(payment_instructions=(PaymentInstructions(means_code="30", credit_transfer=transfer),)))
    assert found.payment_instructions[0].credit_transfer == CreditTransfer(
        account="BE68539007547034", provider="GKCCBEBB"
    )


def test_a_german_cash_discount_is_followed_by_words_for_it() -> None:
    found, _ = conformed(plain(payment_terms="#SKONTO#TAGE=7#PROZENT=2.00#"))
    assert found.payment_terms == "#SKONTO#TAGE=7#PROZENT=2.00#\nSkonto: 2.00 % bei Zahlung innerhalb von 7 Tagen"
    assert conformed(plain(payment_terms="30 days"))[0].payment_terms == "30 days"
