"""Details of a document that Exact may refuse and a document can do without: its relation and its currency."""

from collections.abc import Collection, Iterable
from enum import StrEnum


class Detail(StrEnum):
    """A detail, by the name of its field."""

    ACCOUNT = "Account"
    CURRENCY = "Currency"


# How a refusal names the field, in Exact's languages (I, after the labels of its screens).
_NAMES = {
    Detail.ACCOUNT: (
        *("account", "customer", "supplier", "relatie", "klant", "leverancier"),
        *("compte", "relation", "tiers", "client", "fournisseur", "konto", "beziehung", "kunde", "lieferant"),
        *("cuenta", "relación", "proveedor"),
    ),
    Detail.CURRENCY: ("currency", "valuta", "munt", "devise", "monnaie", "währung", "moneda", "divisa"),
}
_LOSSES = {
    Detail.ACCOUNT: "Exact refused the relation, so the document was created without it. Link it in Exact.",
    Detail.CURRENCY: "Exact refused the currency {currency}, so the document was created without currency and amount.",
}


def named_in(refusal: str, present: Collection[Detail]) -> frozenset[Detail]:
    """Return the details of a document that a refusal names."""
    text = refusal.casefold()
    return frozenset(detail for detail in present if any(name in text for name in _NAMES[detail]))


def losses_of(details: Iterable[Detail], currency: str) -> list[str]:
    """Name the details that a document was created without."""
    return [_LOSSES[detail].format(currency=currency) for detail in sorted(details)]
