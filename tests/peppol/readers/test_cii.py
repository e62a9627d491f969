"""Cross Industry Invoices: where they say things in another way than UBL."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.peppol.invoice import Contact, DirectDebit, Invoice, PaymentInstructions, Price
from app.peppol.readers import read

FOREIGN = Path(__file__).parents[2] / "golden" / "foreign"


def changed(*changes: tuple[str, str], case: str = "xrechnung-cii") -> Invoice:
    """The case with each text replaced once; each has to be there."""
    xml = (FOREIGN / f"{case}.xml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in xml
        xml = xml.replace(before, after, 1)
    return read(xml.encode()).invoice


def test_notes_become_one_with_their_subject_codes() -> None:
    assert changed().note == "#ADU#Es gelten unsere Bedingungen.\nVielen Dank."


def test_the_vat_point_is_said_by_the_list_that_ubl_uses() -> None:
    assert changed().vat_point_date_code == "3"


def test_mandate_creditor_and_account_are_one_direct_debit() -> None:
    debit = DirectDebit(mandate="M-7", creditor="DE98ZZZ09999999999", debited_account="DE79000000001234567890")
    expected = PaymentInstructions(means_code="59", remittance_information="R-2026-6", direct_debit=debit)
    assert changed().payment_instructions == (expected,)


def test_a_payment_reference_without_payment_means_is_kept() -> None:
    means = "<ram:SpecifiedTradeSettlementPaymentMeans>"
    xml = (FOREIGN / "zugferd-1.xml").read_text(encoding="utf-8")
    start, end = xml.index(means), xml.index(means.replace("<", "</")) + len(means) + 1
    found = read((xml[:start] + xml[end:]).encode()).invoice
    assert found.payment_instructions == (PaymentInstructions(means_code="", remittance_information="R-2026-7"),)


def test_a_contact_is_a_person_and_a_department() -> None:
    department = "Kundenservice</ram:PersonName><ram:DepartmentName>Wartung</ram:DepartmentName>"
    found = changed(("Kundenservice</ram:PersonName>", department))
    assert found.seller.contact == Contact(
        name="Kundenservice, Wartung", telephone="+49 421 12345", email="info@weber.example"
    )


def test_several_discounts_on_a_price_are_one() -> None:
    second = (
        "<ram:AppliedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator></ram:ChargeIndicator>"
        "<ram:ActualAmount>0.50</ram:ActualAmount></ram:AppliedTradeAllowanceCharge></ram:GrossPriceProductTradePrice>"
    )
    price = changed(("</ram:GrossPriceProductTradePrice>", second)).lines[0].price
    assert (price.gross, price.discount) == (Decimal("12.00"), Decimal("1.50"))


def test_a_gross_price_that_repeats_the_net_price_is_none() -> None:
    assert changed(case="factur-x").lines[0].price == Price(net=Decimal("25.00"))


def test_freight_of_the_extended_profile_is_a_charge() -> None:
    (charge,) = changed(case="factur-x").charges
    assert (charge.amount, charge.reason, charge.reason_code) == (Decimal("10.00"), "Livraison", "FC")


@pytest.mark.parametrize("case", ["xrechnung-cii", "factur-x", "zugferd-1"])
def test_lines_have_their_quantity_price_and_amount(case: str) -> None:
    for line in changed(case=case).lines:
        assert None not in (line.quantity, line.price.net, line.net_amount, line.vat)


def test_the_accounting_currency_has_its_own_vat_total() -> None:
    found = changed(
        ("<ram:InvoiceCurrencyCode>", "<ram:TaxCurrencyCode>SEK</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>"),
        (
            "<ram:GrandTotalAmount>",
            '<ram:TaxTotalAmount currencyID="SEK">220.00</ram:TaxTotalAmount><ram:GrandTotalAmount>',
        ),
    )
    assert (found.totals.vat, found.totals.vat_in_accounting_currency) == (Decimal("19.95"), Decimal("220.00"))


def test_an_invoiced_object_has_the_code_that_says_what_it_is() -> None:
    found = changed().lines[0].object_identifier
    assert found is not None
    assert (found.value, found.scheme) == ("Aufzug 7", "AVE")


def test_a_delivery_note_stands_in_for_a_despatch_advice() -> None:
    note = (
        "<ram:DeliveryNoteReferencedDocument><ram:IssuerAssignedID>LS-1</ram:IssuerAssignedID>"
        "</ram:DeliveryNoteReferencedDocument></ram:ApplicableHeaderTradeDelivery>"
    )
    assert changed(("</ram:ApplicableHeaderTradeDelivery>", note)).despatch_advice_reference == "LS-1"
