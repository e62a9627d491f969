"""The lines: BG-25 with period, price and item."""

from app.peppol.invoice import Attribute, Classification, Item, Line, Period, Price
from app.peppol.readers.source import Source
from app.peppol.readers.ubl import money
from app.peppol.readers.ubl.references import invoiced_object

# Terms of UBL that EN 16931 lacks become item attributes (BG-32) of these names
_AS_ATTRIBUTES = {
    "BrandName": "Brand",
    "ModelName": "Model",
    "ManufacturersItemIdentification/ID": "Manufacturer's item number",
    "ItemInstance/SerialID": "Serial number",
    "ItemInstance/LotIdentification/LotNumberID": "Lot number",
}


def lines(source: Source) -> tuple[Line, ...]:
    """Return BG-25, in the order of the document."""
    return tuple(_line(element) for element in source.all("InvoiceLine") + source.all("CreditNoteLine"))


def _line(element: Source) -> Line:
    quantity = element.one("InvoicedQuantity")
    if quantity.is_empty:
        quantity = element.one("CreditedQuantity")
    _drop_what_is_said_twice(element)
    return Line(
        identifier=element.text("ID") or "",
        note=element.texts("Note"),
        object_identifier=invoiced_object(element, "DocumentReference"),
        quantity=quantity.number(""),
        unit=quantity.attribute("unitCode") or "",
        net_amount=element.number("LineExtensionAmount"),
        order_line_reference=element.text("OrderLineReference/LineID"),
        buyer_accounting_reference=element.text("AccountingCost"),
        period=period(element),
        allowances=money.adjustments(element, charge=False),
        charges=money.adjustments(element, charge=True),
        price=_price(element.one("Price")),
        vat=money.vat(tax_category(element)),
        item=_item(element.one("Item")),
    )


def _drop_what_is_said_twice(line: Source) -> None:
    """Mark the subtotal of a line's tax total as read if it repeats the line and the total."""
    subtotals = line.all("TaxTotal/TaxSubtotal")
    for path, said in (("TaxableAmount", "LineExtensionAmount"), ("TaxAmount", "TaxTotal/TaxAmount")):
        if len(subtotals) == 1 and subtotals[0].peek(path) == line.peek(said):
            subtotals[0].drop(path)


def tax_category(line: Source) -> Source:
    """Return BG-30, which UBL 2.0 may state in the line's tax total."""
    own = line.one("Item/ClassifiedTaxCategory")
    return line.one("TaxTotal/TaxSubtotal/TaxCategory") if own.is_empty else own


def period(element: Source) -> Period | None:
    """Return BG-14 or BG-26."""
    found = Period(element.day("InvoicePeriod/StartDate"), element.day("InvoicePeriod/EndDate"))
    return None if found == Period() else found


def _price(element: Source) -> Price:
    base = element.one("BaseQuantity")
    discount = next((item for item in element.all("AllowanceCharge") if item.peek("ChargeIndicator") != "true"), None)
    if discount:
        discount.drop("ChargeIndicator")
    return Price(
        net=element.number("PriceAmount"),
        discount=discount.number("Amount") if discount else None,
        gross=discount.number("BaseAmount") if discount else None,
        base_quantity=base.number(""),
        base_quantity_unit=base.attribute("unitCode"),
    )


def _item(element: Source) -> Item:
    name, description = element.text("Name"), element.texts("Description")
    return Item(
        name=name or description or "",
        description=description if name else None,
        sellers_identifier=element.bare("SellersItemIdentification/ID"),
        buyers_identifier=element.bare("BuyersItemIdentification/ID"),
        standard_identifier=element.identifier("StandardItemIdentification/ID"),
        classifications=_classifications(element),
        country_of_origin=_origin(element.one("OriginCountry")),
        attributes=_attributes(element),
    )


def _classifications(item: Source) -> tuple[Classification, ...]:
    codes = item.all("CommodityClassification/ItemClassificationCode")
    return tuple(
        Classification(
            code=element.text() or "",
            scheme=element.attribute("listID"),
            scheme_version=element.attribute("listVersionID"),
        )
        for element in codes
        if element.value
    )


def _origin(country: Source) -> str | None:
    code = country.code("IdentificationCode")
    if code:
        country.drop("Name")
    return code


def _attributes(item: Source) -> tuple[Attribute, ...]:
    """Return BG-32; a property that lacks its name or its value stays unread."""
    properties = [each for each in item.all("AdditionalItemProperty") if each.peek("Name") and each.peek("Value")]
    own = [Attribute(each.text("Name") or "", each.text("Value") or "") for each in properties]
    more = [Attribute(name, value) for path, name in _AS_ATTRIBUTES.items() if (value := item.bare(path))]
    return (*own, *more)
