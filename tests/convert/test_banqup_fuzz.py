"""Whatever Banqup's data say: a valid document, or reasons; never a crash."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.banqup.schemas import Document
from app.convert import Unconvertible, convert
from app.convert.banqup.vat import CATEGORIES
from tests.convert.documents import document
from tests.peppol.official import schema_errors

amounts = (
    st.none() | st.decimals(-(10**6), 10**6, places=4).map(str) | st.sampled_from(["0", "1E+5", "1e-12", "9" * 15])
)
texts = st.none() | st.text(max_size=8) | st.sampled_from(["BE", "S", "\x00", "<a>"])
vats = st.fixed_dictionaries(
    {"vatCategory": st.none() | st.sampled_from([*CATEGORIES, "?", " "]), "vatPercentage": amounts}
)
adjustments = st.lists(
    st.fixed_dictionaries({"netAmount": amounts, "baseAmount": amounts, "percentage": amounts, "vatDetails": vats}),
    max_size=2,
)
lines = st.fixed_dictionaries(
    {
        "quantity": amounts,
        "unit": texts,
        "netAmount": amounts,
        "currency": texts,
        "vatDetails": st.none() | vats,
        "pricing": st.fixed_dictionaries(
            {"itemNetPrice": amounts, "itemPriceQuantity": amounts, "itemGrossPrice": amounts, "itemDiscount": amounts}
        ),
        "productIdentifiers": st.fixed_dictionaries({"itemId": texts, "itemDescription": texts}),
        "metadata": st.fixed_dictionaries({"allowances": adjustments, "charges": adjustments}),
    }
)
parties = st.fixed_dictionaries(
    {
        "legalName": texts,
        "address": st.fixed_dictionaries({"streetName": texts, "country": texts}),
        "globalIdentifiers": st.dictionaries(
            st.sampled_from(["be:en", "be:vat", "gr:vat", "nl:kvk", "global:peppol", "fr:siret", "x", ""]), texts
        ),
    }
)
headers = st.fixed_dictionaries(
    {
        "supplier": parties,
        "customer": parties,
        "currency": texts,
        "typeCode": texts,
        "notes": st.lists(st.text(max_size=4), max_size=2),
        "allowances": adjustments,
        "charges": adjustments,
        "cashDiscount": st.none() | st.fixed_dictionaries({"percentage": amounts}),
        "documentTotals": st.fixed_dictionaries(
            {"netAmount": amounts, "grossAmount": amounts, "payableAmount": amounts}
        ),
        "vatDetails": st.lists(vats, max_size=2),
        "paymentMeans": st.lists(
            st.fixed_dictionaries({"code": texts, "iban": texts, "cardNumber": texts, "paymentReference": texts}),
            max_size=2,
        ),
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(lines, max_size=3), headers, st.sampled_from(["INVOICE", "CREDIT_NOTE"]))
def test_any_data_become_a_valid_document_or_reasons(
    found: list[dict[str, Any]], header: dict[str, Any], category: str
) -> None:
    source = document(category=category, **header)
    source["lines"] = found
    assert outcome(source) == []


def outcome(source: dict[str, Any]) -> list[str]:
    """What is wrong with what became of it; a refusal with its reasons is right."""
    try:
        conversion = convert(Document.model_validate(source), [], on=date(2026, 6, 1))
    except ValidationError:
        return []
    except Unconvertible as refusal:
        return [f"{finding.rule} says nothing" for finding in refusal.findings if not finding.message]
    return schema_errors(conversion.ubl)
