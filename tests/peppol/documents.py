"""Invoices for the tests: one with every term, and hypothesis strategies for consistent ones of every kind."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from app.peppol import profiles
from app.peppol.invoice import (
    Address,
    AllowanceCharge,
    Attribute,
    Classification,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    Item,
    Line,
    Party,
    Payee,
    PaymentCard,
    PaymentInstructions,
    Period,
    PrecedingInvoice,
    Price,
    SupportingDocument,
    TaxRepresentative,
    Totals,
    Vat,
    VatBreakdown,
)
from app.peppol.totals import complete

STANDARD = Vat("S", Decimal(21))
EXEMPTIONS = {"E": "Exempt", "AE": "Reverse charge", "K": "Intra-Community supply", "G": "Export"}

SELLER = Party(
    name="Peeters Drukkerij BV",
    trading_name="Drukkerij Peeters",
    identifiers=(Identifier("5412345000013", "0088"), Identifier("S-1")),
    legal_registration=Identifier("0404616494", "0208"),
    vat_identifier="BE0404616494",
    tax_registration="TAX-99",
    legal_form="Besloten vennootschap, kapitaal 18 600 EUR",
    electronic_address=Identifier("0404616494", "0208"),
    address=Address(
        line_1="Kouter 12",
        line_2="Building B",
        line_3="Second floor",
        city="Gent",
        post_code="9000",
        subdivision="Oost-Vlaanderen",
        country="BE",
    ),
    contact=Contact(name="An Peeters", telephone="+32 9 123 45 67", email="an@peeters.example"),
)
BUYER = Party(
    name="Bakkerij Claes NV",
    trading_name="Claes",
    identifiers=(Identifier("C-1004"),),
    legal_registration=Identifier("0403170701", "0208"),
    vat_identifier="BE0403170701",
    electronic_address=Identifier("0403170701", "0208"),
    address=Address(line_1="Grote Markt 3", city="Leuven", post_code="3000", country="BE"),
    contact=Contact(name="Jo Claes", telephone="+32 16 12 34 56", email="jo@claes.example"),
)


def plain(*lines: Line, **terms: Any) -> Invoice:
    """Return a small valid invoice with these lines and terms."""
    bare = {"trading_name": None, "identifiers": (), "contact": None, "tax_registration": None, "legal_form": None}
    return replace(
        Invoice(
            number="F-1",
            issue_date=date(2026, 5, 4),
            due_date=date(2026, 6, 3),
            currency="EUR",
            buyer_reference="DEPT-12",
            seller=replace(SELLER, **bare),
            buyer=replace(BUYER, trading_name=None, identifiers=(), contact=None),
            lines=lines or (line(),),
        ),
        **terms,
    )


def line(identifier: str = "1", *, quantity: str = "2", price: str = "50", vat: Vat = STANDARD, **terms: Any) -> Line:
    """Return a line of quantity × price."""
    return replace(
        Line(
            identifier=identifier,
            quantity=Decimal(quantity),
            unit="C62",
            price=Price(net=Decimal(price)),
            vat=vat,
            item=Item(name="Paper A4"),
        ),
        **terms,
    )


def full() -> Invoice:
    """Return an invoice with a value for every term."""
    allowance = AllowanceCharge(
        amount=Decimal("10.00"),
        base_amount=Decimal("100.00"),
        percentage=Decimal(10),
        reason="Loyalty",
        reason_code="95",
    )
    charge = AllowanceCharge(amount=Decimal("4.00"), reason="Freight", reason_code="FC", vat=STANDARD)
    every_line = Line(
        identifier="1",
        note="As agreed",
        object_identifier=Identifier("METER-7", "AVE"),
        quantity=Decimal(10),
        unit="C62",
        net_amount=Decimal("94.00"),
        order_line_reference="3",
        buyer_accounting_reference="6100",
        period=Period(date(2026, 4, 1), date(2026, 4, 30)),
        allowances=(allowance,),
        charges=(replace(charge, vat=None),),
        price=Price(
            net=Decimal(10),
            discount=Decimal(2),
            gross=Decimal(12),
            base_quantity=Decimal(1),
            base_quantity_unit="C62",
        ),
        vat=STANDARD,
        item=Item(
            name="Paper A4",
            description="80 g",
            sellers_identifier="A4-80",
            buyers_identifier="B-77",
            standard_identifier=Identifier("05412345000013", "0160"),
            classifications=(Classification(code="14111507", scheme="TST", scheme_version="19.05.01"),),
            country_of_origin="BE",
            attributes=(Attribute("Colour", "White"),),
        ),
    )
    return Invoice(
        number="F-1",
        issue_date=date(2026, 5, 4),
        currency="EUR",
        vat_accounting_currency="SEK",
        vat_point_date=date(2026, 5, 4),
        due_date=date(2026, 6, 3),
        buyer_reference="DEPT-12",
        project_reference="P-3",
        contract_reference="C-17",
        purchase_order_reference="PO-5",
        sales_order_reference="SO-9",
        receiving_advice_reference="RA-6",
        despatch_advice_reference="DN-5",
        tender_or_lot_reference="T-1",
        invoiced_object=Identifier("EAN-541", "AVE"),
        buyer_accounting_reference="4400",
        payment_terms="30 days",
        note="Thank you",
        preceding_invoices=(PrecedingInvoice(number="F-0", issue_date=date(2026, 1, 2)),),
        seller=SELLER,
        buyer=BUYER,
        payee=Payee(
            name="Factor Bank NV",
            identifier=Identifier("FB-1"),
            legal_registration=Identifier("0412345614", "0208"),
        ),
        tax_representative=TaxRepresentative(
            name="Fiscal Partners BV",
            vat_identifier="BE0476543281",
            address=Address(line_1="Meir 1", city="Antwerpen", post_code="2000", country="BE"),
        ),
        delivery=Delivery(
            party_name="Claes, oven 2",
            location=Identifier("5412345000013", "0088"),
            actual_date=date(2026, 5, 2),
            address=Address(line_1="Ovenstraat 8", city="Heverlee", country="BE"),
        ),
        period=Period(date(2026, 4, 1), date(2026, 4, 30)),
        payment_instructions=(
            PaymentInstructions(
                means_code="58",
                means_text="SEPA",
                remittance_information="F-1",
                credit_transfer=CreditTransfer(account="BE68539007547034", account_name="Peeters", provider="GKCCBEBB"),
            ),
            PaymentInstructions(means_code="48", card=PaymentCard(number="1234", holder="An Claes")),
            PaymentInstructions(
                means_code="59",
                direct_debit=DirectDebit(
                    mandate="M-7", creditor="BE68ZZZ0123456789", debited_account="BE68539007547034"
                ),
            ),
        ),
        allowances=(replace(allowance, vat=STANDARD),),
        charges=(charge,),
        totals=Totals(vat_in_accounting_currency=Decimal("210.12"), paid=Decimal("20.00"), rounding=Decimal("0.02")),
        supporting_documents=(
            SupportingDocument(reference="CONTRACT", description="The contract", location="https://peeters.example/c"),
            SupportingDocument(
                reference="F-1.pdf", content=b"%PDF-1.4", mime_code="application/pdf", filename="F-1.pdf"
            ),
        ),
        lines=(every_line,),
    )


# Hypothesis strategies. Text has markup, accents, emoji, characters that XML forbids, and letters.
texts = st.text(max_size=20).map(lambda text: f"a{text}")
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
amounts = st.decimals(0, 9999, places=2)
prices = st.decimals(0, 9999, places=4)
quantities = st.decimals(-999, 999, places=3)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


vats = st.sampled_from([Vat("S", Decimal(21)), Vat("S", Decimal(6)), Vat("Z", Decimal(0))]) | st.sampled_from(
    [Vat(category, Decimal(0)) for category in EXEMPTIONS]
)
line_adjustments = st.lists(
    st.builds(AllowanceCharge, amount=amounts, reason=texts, reason_code=st.none()), max_size=2
).map(tuple)
items = st.builds(
    Item,
    name=texts,
    description=optional(texts),
    sellers_identifier=optional(texts),
    buyers_identifier=optional(texts),
    standard_identifier=optional(st.just(Identifier("05412345000013", "0160"))),
    country_of_origin=optional(st.sampled_from(["BE", "NL", "CN"])),
    attributes=st.lists(st.builds(Attribute, texts, texts), max_size=2).map(tuple),
)
lines = st.builds(
    Line,
    identifier=st.just("0"),
    note=optional(texts),
    quantity=quantities,
    unit=st.sampled_from(["C62", "HUR", "KGM"]),
    buyer_accounting_reference=optional(texts),
    allowances=line_adjustments,
    charges=line_adjustments,
    price=st.builds(Price, net=prices, base_quantity=optional(st.sampled_from([Decimal(1), Decimal(100)]))),
    vat=vats,
    item=items,
)
document_adjustments = st.lists(
    st.builds(AllowanceCharge, amount=amounts, reason=texts, reason_code=st.none(), vat=vats), max_size=2
).map(tuple)
payments = st.sampled_from(
    [
        (),
        full().payment_instructions[:1],
        full().payment_instructions[1:2],
        full().payment_instructions[2:],
    ]
)


def numbered(found: list[Line]) -> tuple[Line, ...]:
    return tuple(replace(line, identifier=str(place)) for place, line in enumerate(found, start=1))


@st.composite
def invoices(draw: Callable[..., Any]) -> Invoice:
    """Draw a consistent invoice or credit note: totals computed, exemptions explained, the rest arbitrary."""
    basis = full()
    kept = {name: draw(st.booleans()) for name in _OPTIONAL}
    type_code = draw(st.sampled_from(["380", "381", "388", "389", "527", "261"]))
    ids = profiles.of_type(type_code)
    invoice = plain(
        *draw(st.lists(lines, min_size=1, max_size=4).map(numbered)),
        type_code=type_code,
        specification=ids.specification,
        business_process=ids.business_process,
        issue_date=draw(days),
        note=draw(optional(texts)),
        payment_terms=draw(texts),
        allowances=draw(document_adjustments),
        charges=draw(document_adjustments),
        payment_instructions=draw(payments),
        delivery=basis.delivery,
        **{name: getattr(basis, name) for name, keep in kept.items() if keep},
    )
    return explained(complete(invoice))


_OPTIONAL = (
    "project_reference",
    "contract_reference",
    "purchase_order_reference",
    "sales_order_reference",
    "receiving_advice_reference",
    "despatch_advice_reference",
    "tender_or_lot_reference",
    "invoiced_object",
    "buyer_accounting_reference",
    "preceding_invoices",
    "payee",
    "tax_representative",
    "period",
    "vat_point_date",
    "supporting_documents",
    "seller",
    "buyer",
)


def explained(invoice: Invoice) -> Invoice:
    """Return the invoice with a reason for every exemption."""
    return replace(invoice, vat_breakdown=tuple(_explained(group) for group in invoice.vat_breakdown))


def _explained(group: VatBreakdown) -> VatBreakdown:
    return replace(group, exemption_reason=EXEMPTIONS.get(group.vat.category))
