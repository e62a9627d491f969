"""The lines: BG-25 with its periods, allowances, price and item."""

from app.peppol.invoice import Attribute, Classification, Identifier, Item, Line, Period, Price
from app.peppol.writer.amounts import adjustments, tax_category
from app.peppol.writer.references import invoiced_object
from app.peppol.writer.xml import amount, attribute, day, group, identifier, price, quantity, text


def line(item: Line, *, name: str, quantity_name: str, currency: str) -> str:
    """Return one line (BG-25); the document type decides the names of the line and its quantity."""
    content = (
        text("ID", item.identifier)  # BT-126
        + text("Note", item.note)  # BT-127
        + quantity(quantity_name, item.quantity, unit=item.unit)  # BT-129, BT-130
        + amount("LineExtensionAmount", item.net_amount, currency=currency)  # BT-131
        + text("AccountingCost", item.buyer_accounting_reference)  # BT-133
        + period(item.period)  # BG-26
        + (_order_line(item.order_line_reference) if item.order_line_reference else "")  # BT-132
        + (invoiced_object("DocumentReference", item.object_identifier) if item.object_identifier else "")  # BT-128
        + (adjustments(item.allowances, item.charges, currency=currency) if item.allowances or item.charges else "")
        + _item(item)  # BG-31
        + _price(item.price, currency=currency)  # BG-29
    )
    return group(name, content) + "\n"


def period(value: Period | None, *, vat_point_code: str | None = None) -> str:
    """Return BG-14 with BT-8, or BG-26."""
    dates = day("StartDate", value.start) + day("EndDate", value.end) if value else ""  # BT-73, BT-74, BT-134, BT-135
    return group("InvoicePeriod", dates + text("DescriptionCode", vat_point_code))  # BT-8


def _order_line(reference: str) -> str:
    return group("OrderLineReference", text("LineID", reference))


def _item(of: Line) -> str:
    item = of.item
    return group(
        "Item",
        text("Description", item.description)  # BT-154
        + text("Name", item.name)  # BT-153
        + _identification("BuyersItemIdentification", item.buyers_identifier)  # BT-156
        + _identification("SellersItemIdentification", item.sellers_identifier)  # BT-155
        + (_standard(item.standard_identifier) if item.standard_identifier else "")  # BT-157
        + (_origin_and_classes(item) if item.country_of_origin or item.classifications else "")
        + tax_category("ClassifiedTaxCategory", of.vat)  # BG-30
        + "".join([_attribute(entry) for entry in item.attributes]),  # BG-32
    )


def _identification(name: str, value: str | None) -> str:
    return group(name, text("ID", value)) if value else ""


def _standard(value: Identifier) -> str:
    return group("StandardItemIdentification", identifier("ID", value))


def _origin_and_classes(item: Item) -> str:
    origin = group("OriginCountry", text("IdentificationCode", item.country_of_origin))  # BT-159
    return origin + "".join(_classification(entry) for entry in item.classifications)


def _classification(entry: Classification) -> str:
    """Return BT-158 with its list."""
    about = attribute("listID", entry.scheme) + attribute("listVersionID", entry.scheme_version)
    return group("CommodityClassification", text("ItemClassificationCode", entry.code, about))


def _attribute(entry: Attribute) -> str:
    return group("AdditionalItemProperty", text("Name", entry.name) + text("Value", entry.value))  # BT-160, BT-161


def _price(value: Price, *, currency: str) -> str:
    return group(
        "Price",
        price("PriceAmount", value.net, currency=currency)  # BT-146
        + quantity("BaseQuantity", value.base_quantity, unit=value.base_quantity_unit)  # BT-149, BT-150
        + (_discount(value, currency=currency) if value.discount is not None else ""),
    )


def _discount(value: Price, *, currency: str) -> str:
    return group(
        "AllowanceCharge",
        text("ChargeIndicator", "false")
        + price("Amount", value.discount, currency=currency)  # BT-147
        + price("BaseAmount", value.gross, currency=currency),  # BT-148
    )
