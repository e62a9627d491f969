"""The VAT categories of EN 16931 and their requirements, one row per category."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from app.peppol.rules.values import floating, number, sign


class TaxIdentifiers(NamedTuple):
    """The tax identifiers that the document has."""

    seller: bool  # any tax registration of the seller: BT-31 or BT-32
    seller_vat: bool  # BT-31
    representative_vat: bool  # BT-63
    buyer_vat: bool  # BT-48
    buyer_legal: bool  # BT-47


@dataclass(frozen=True, slots=True)
class Category:
    """The requirements of one VAT category."""

    code: str
    letters: str  # in the rule ids
    name: str
    identified: Callable[[TaxIdentifiers], bool]
    identifiers: str  # the requirement of `identified`, in words
    rate_fits: Callable[[str | None], bool]
    rate: str  # the requirement of `rate_fits`, in words
    by_rate: bool = False  # one breakdown per rate (S, L, M), not per category
    reason: bool = False  # the breakdown needs an exemption reason; other categories must not have one


def _any_seller(given: TaxIdentifiers) -> bool:
    return given.seller or given.representative_vat


def _vat_seller(given: TaxIdentifiers) -> bool:
    return given.seller_vat or given.representative_vat


def _is_zero(text: str | None) -> bool:
    return text is not None and number(text) == 0


def _is_positive(text: str | None) -> bool:
    return text is not None and (floating(text) or 0.0) > 0


def _is_not_negative(text: str | None) -> bool:
    return text is not None and sign(text) != -1


def _is_absent(text: str | None) -> bool:
    return text is None


_SELLER_NUMBER = "a tax number of the seller or its tax representative"
_SELLER_VAT = "the VAT number of the seller or its tax representative"

CATEGORIES = {
    category.code: category
    for category in (
        Category("S", "S", "standard rate", _any_seller, _SELLER_NUMBER, _is_positive, "above 0", by_rate=True),
        Category("Z", "Z", "zero rate", _any_seller, _SELLER_NUMBER, _is_zero, "0"),
        Category("E", "E", "exempt", _any_seller, _SELLER_NUMBER, _is_zero, "0", reason=True),
        Category(
            "AE",
            "AE",
            "reverse charge",
            lambda given: _any_seller(given) and (given.buyer_vat or given.buyer_legal),
            f"{_SELLER_NUMBER}, and the VAT or registration number of the buyer",
            _is_zero,
            "0",
            reason=True,
        ),
        Category(
            "K",
            "IC",
            "intra-community supply",
            lambda given: _vat_seller(given) and given.buyer_vat,
            f"{_SELLER_VAT}, and the VAT number of the buyer",
            _is_zero,
            "0",
            reason=True,
        ),
        Category("G", "G", "export outside the EU", _vat_seller, _SELLER_VAT, _is_zero, "0", reason=True),
        Category(
            "O",
            "O",
            "not subject to VAT",
            lambda given: not (_vat_seller(given) or given.buyer_vat),
            "that seller, tax representative and buyer have no VAT number",
            _is_absent,
            "absent",
            reason=True,
        ),
        Category("L", "AF", "IGIC", _any_seller, _SELLER_NUMBER, _is_not_negative, "0 or more", by_rate=True),
        Category("M", "AG", "IPSI", _any_seller, _SELLER_NUMBER, _is_not_negative, "0 or more", by_rate=True),
    )
}
