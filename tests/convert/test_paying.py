"""One way to pay, in a code that the countries of both parties accept, and nothing of the others lost unnamed."""

from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.paying import paid_one_way
from app.peppol.invoice import (
    Address,
    CreditTransfer,
    DirectDebit,
    Invoice,
    Party,
    PaymentCard,
    PaymentInstructions,
    Totals,
)
from tests.peppol.documents import plain

DUTCH, DANISH, GERMAN, NORWEGIAN, BELGIAN = (
    Party(name="A", address=Address(country=country)) for country in ("NL", "DK", "DE", "NO", "BE")
)
IBAN, G_ACCOUNT = "NL91ABNA0417164300", "NL50ABNA0990000000"


def means(
    code: str = "30", account: str | None = None, *, bank: str | None = None, **terms: Any
) -> PaymentInstructions:
    transfer = CreditTransfer(account=account, provider=bank) if account else None
    return PaymentInstructions(means_code=code, credit_transfer=transfer, **terms)


def paid(
    *ways: PaymentInstructions, seller: Party = DUTCH, buyer: Party = DUTCH, **terms: Any
) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    totals = Totals(payable=plain().lines[0].quantity)
    invoice = replace(plain(seller=seller, buyer=buyer, payment_instructions=ways, totals=totals), **terms)
    return paid_one_way(invoice, losses), losses


def way(*ways: PaymentInstructions, **terms: Any) -> tuple[PaymentInstructions, list[str]]:
    found, losses = paid(*ways, **terms)
    return found.payment_instructions[0], losses


@pytest.mark.parametrize(
    ("source", "code", "text"),
    [
        (means("31", IBAN), "30", None),
        (means("42", IBAN), "30", None),
        (means("1", IBAN), "30", None),
        (means("54", card=PaymentCard(number="1234")), "48", None),
        (means("15", direct_debit=DirectDebit(mandate="M-7")), "59", None),
        (means("10"), "57", "cash"),
        (means("68", means_text="iDEAL"), "57", "iDEAL"),
    ],
)
def test_a_code_that_dutch_rules_refuse_becomes_the_one_for_what_is_named(
    source: PaymentInstructions, code: str, text: str | None
) -> None:
    found, losses = way(source)
    assert found == replace(source, means_code=code, means_text=text)
    assert losses == [f"The payment means {source.means_code} is written as {code}, which Dutch rules accept."]


@pytest.mark.parametrize(
    ("source", "written", "said"),
    [
        (means("XYZ", IBAN), means("30", IBAN, means_text="XYZ"), "The payment means XYZ is unknown; 30 is written."),
        (means("XYZ"), means("1", means_text="XYZ"), "The payment means XYZ is unknown; 1 is written."),
        (means("", IBAN), means("30", IBAN), "The payment means code is missing; 30 is written."),
    ],
)
def test_a_code_that_is_none_becomes_a_transfer_to_the_account_or_undefined(
    source: PaymentInstructions, written: PaymentInstructions, said: str
) -> None:
    assert way(source, seller=BELGIAN) == (written, [said])


@pytest.mark.parametrize("code", ["30", "48", "49", "57", "58", "59"])
def test_a_code_that_dutch_rules_accept_stays(code: str) -> None:
    assert way(means(code, IBAN)) == (means(code, IBAN), [])


@pytest.mark.parametrize(("seller", "buyer"), [(DUTCH, BELGIAN), (BELGIAN, DUTCH), (BELGIAN, BELGIAN)])
def test_across_the_border_dutch_rules_change_nothing(seller: Party, buyer: Party) -> None:
    assert way(means("31", IBAN), seller=seller, buyer=buyer) == (means("31", IBAN), [])


@pytest.mark.parametrize(
    ("source", "code", "text"),
    [
        (means("30", "DK5000400440116243"), "58", None),
        (means("30", "0440116243", bank="0040"), "42", None),
        (means("31", "DK5000400440116243"), "58", None),
        (means("30", "0440116243"), "1", "credit transfer"),
    ],
)
def test_between_danish_parties_a_transfer_has_the_code_for_its_account(
    source: PaymentInstructions, code: str, text: str | None
) -> None:
    found, losses = way(source, seller=DANISH, buyer=DANISH)
    assert found == replace(source, means_code=code, means_text=text)
    assert len(losses) == 1


@pytest.mark.parametrize(
    ("seller", "buyer", "code"), [(GERMAN, GERMAN, "1"), (DUTCH, BELGIAN, "1"), (DUTCH, DUTCH, "57")]
)
def test_where_a_way_to_pay_is_demanded_and_none_is_named_an_undefined_one_is_written(
    seller: Party, buyer: Party, code: str
) -> None:
    found, losses = way(seller=seller, buyer=buyer)
    assert found == PaymentInstructions(means_code=code, means_text="not defined")
    assert losses == [f"No payment means are given; code {code} (“not defined”) is written."]


def test_where_nothing_is_owed_or_demanded_none_is_written() -> None:
    assert paid(totals=Totals(payable=None))[0].payment_instructions == ()
    assert paid(seller=BELGIAN)[0].payment_instructions == ()


def test_a_g_account_stays_beside_the_first_one_and_its_reference_is_named() -> None:
    first, second = (
        means("30", IBAN, remittance_information="F17"),
        means("30", G_ACCOUNT, remittance_information="F17-G"),
    )
    found, losses = paid(first, second)
    assert found.payment_instructions == (first, replace(second, remittance_information="F17"))
    assert losses == [
        "The payment reference F17-G of the account NL50ABNA0990000000 is left out: a document has only one (BT-83)."
    ]


def test_another_way_to_pay_is_named_with_all_its_numbers() -> None:
    card = means("48", card=PaymentCard(number="1234"), remittance_information="C-1")
    debit = means("59", direct_debit=DirectDebit(mandate="M-7", creditor="BE68ZZZ", debited_account=IBAN))
    found, losses = paid(means("30", IBAN), card, debit, seller=BELGIAN)
    assert found.payment_instructions == (means("30", IBAN),)
    assert [loss.removesuffix(" has no place beside the first one.") for loss in losses] == [
        "The way to pay 48 (with 1234, reference C-1)",
        "The way to pay 59 (by direct debit M-7, NL91ABNA0417164300, BE68ZZZ)",
    ]


def test_the_way_that_says_whereto_goes_before_one_that_says_nothing() -> None:
    found, losses = paid(means("1"), means("30", IBAN), seller=BELGIAN)
    assert found.payment_instructions == (means("30", IBAN),)
    assert losses == ["The way to pay 1 has no place beside the first one."]


@pytest.mark.parametrize("second", [{"card": PaymentCard(number="99")}, {"direct_debit": DirectDebit(mandate="M-8")}])
def test_a_second_card_or_mandate_is_named(second: dict[str, Any]) -> None:
    first = means("30", IBAN, card=PaymentCard(number="11"), direct_debit=DirectDebit(mandate="M-7"))
    found, losses = paid(first, means("30", G_ACCOUNT, **second))
    assert found.payment_instructions == (first, means("30", G_ACCOUNT))
    assert "99" in losses[0] or "M-8" in losses[0]


@pytest.mark.parametrize(
    "source", ["090933755493", "090/9337/55493", "***090/9337/55493***", "+++ 090 / 9337 / 55493 +++"]
)
def test_a_structured_communication_in_belgium_has_one_form_and_the_change_is_named(source: str) -> None:
    found, losses = way(means("30", "BE68539007547034", remittance_information=source), seller=BELGIAN)
    assert found.remittance_information == "+++090/9337/55493+++"
    assert losses == [f"The payment reference {source} is written as +++090/9337/55493+++."]


@pytest.mark.parametrize(
    ("reference", "account", "seller"),
    [
        ("090933755493", "NO9386011117947", NORWEGIAN),
        ("090933755493", None, NORWEGIAN),
        ("090/9337/55493", IBAN, DUTCH),
        ("090933755494", "BE68539007547034", BELGIAN),
        ("***090/9337/55494***", "BE68539007547034", BELGIAN),
        ("123/4567/89012", "BE68539007547034", BELGIAN),
    ],
)
def test_a_reference_that_is_none_stays_as_it_is(reference: str, account: str | None, seller: Party) -> None:
    source = means("30", account, remittance_information=reference)
    assert way(source, seller=seller, buyer=BELGIAN) == (source, [])


def test_a_belgian_seller_without_an_account_still_means_a_structured_communication() -> None:
    found, _ = way(means("1", remittance_information="090933755493"), seller=BELGIAN)
    assert found.remittance_information == "+++090/9337/55493+++"


@pytest.mark.parametrize("party", [GERMAN, DUTCH])
def test_self_billing_demands_no_way_to_pay_and_refuses_no_code(party: Party) -> None:
    assert paid(seller=party, buyer=party, type_code="389")[0].payment_instructions == ()
    assert way(means("31", IBAN), seller=party, buyer=party, type_code="389") == (means("31", IBAN), [])
