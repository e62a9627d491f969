"""The VAT rate where only the totals state VAT: Factur-X MINIMUM, a scan, UBL before EN 16931."""

from decimal import Decimal

from msgspec.structs import replace

from app.convert.repair.gaps import without_vat
from app.convert.repair.vat_rates import RATES
from app.peppol.invoice import Invoice, Totals, Vat, VatBreakdown
from app.peppol.totals import cents


def rate_from_totals(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with a VAT breakdown, if nothing states a rate and its totals leave one for it.

    Totals without VAT do not say why there is none, and those of several rates do not say how much is at which.
    """
    if invoice.vat_breakdown or _states_vat(invoice):
        return invoice
    base, tax = without_vat(invoice.totals), _tax(invoice.totals)
    rate = _rate(invoice, base=base, tax=tax) if base and tax else None
    if rate is None:
        return invoice
    losses.append(f"The document states no VAT rate; {rate} % is written, which gives its VAT of {tax}.")
    vat = Vat("S", rate)
    return replace(
        invoice,
        vat_breakdown=(VatBreakdown(vat=vat, taxable_amount=base, tax_amount=tax),),
        lines=tuple(replace(line, vat=vat) for line in invoice.lines),
        allowances=tuple(replace(item, vat=vat) for item in invoice.allowances),
        charges=tuple(replace(item, vat=vat) for item in invoice.charges),
    )


def _states_vat(invoice: Invoice) -> bool:
    return any(line.vat for line in invoice.lines) or any(item.vat for item in (*invoice.allowances, *invoice.charges))


def _rate(invoice: Invoice, *, base: Decimal, tax: Decimal) -> Decimal | None:
    """Return the rate of the seller's country that gives the tax."""
    country = invoice.seller.address.country.upper() if invoice.seller.address else ""
    return next((rate for rate in RATES.get(country, ()) if cents(base * rate / 100) == tax), None)


def _tax(totals: Totals) -> Decimal | None:
    if totals.vat is not None or totals.with_vat is None or totals.without_vat is None:
        return totals.vat
    return totals.with_vat - totals.without_vat
