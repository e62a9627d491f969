"""The lines: BG-25 with period, price and item."""

from decimal import Decimal

from app.peppol.invoice import Attribute, Classification, Item, Line, Price
from app.peppol.readers.cii import money
from app.peppol.readers.cii.dates import period
from app.peppol.readers.cii.hierarchy import counted
from app.peppol.readers.cii.references import invoiced_object
from app.peppol.readers.source import Source

# Terms of CII that EN 16931 lacks become item attributes (BG-32) of these names
_AS_ATTRIBUTES = {
    "BrandName": "Brand",
    "ModelName": "Model",
    "IndividualTradeProductInstance/BatchID": "Batch number",
    "IndividualTradeProductInstance/SupplierAssignedSerialID": "Serial number",
}


def lines(transaction: Source) -> tuple[Line, ...]:
    """Return the lines that count (BG-25), in the order of the document."""
    return tuple(_line(element) for element in counted(transaction))


def _line(element: Source) -> Line:
    document = element.one("AssociatedDocumentLineDocument")
    agreement = element.one("SpecifiedLineTradeAgreement")
    settlement = element.one("SpecifiedLineTradeSettlement")
    quantity = element.one("SpecifiedLineTradeDelivery/BilledQuantity")
    return Line(
        identifier=document.text("LineID") or "",
        note=document.texts("IncludedNote/Content"),
        object_identifier=invoiced_object(settlement) or invoiced_object(agreement),
        quantity=quantity.number(""),
        unit=quantity.attribute("unitCode") or "",
        net_amount=settlement.number("SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
        order_line_reference=agreement.text("BuyerOrderReferencedDocument/LineID"),
        buyer_accounting_reference=settlement.text("ReceivableSpecifiedTradeAccountingAccount/ID"),
        period=period(settlement),
        allowances=money.adjustments(settlement, charge=False),
        charges=money.adjustments(settlement, charge=True),
        price=_price(agreement),
        vat=money.vat(settlement.one("ApplicableTradeTax")),
        item=_item(element.one("SpecifiedTradeProduct")),
    )


def _price(agreement: Source) -> Price:
    """Return BG-29; a gross price without a discount only repeats the net price."""
    net, gross = agreement.one("NetPriceProductTradePrice"), agreement.one("GrossPriceProductTradePrice")
    base = _base_quantity(net, gross)
    amount, gross_amount = net.number("ChargeAmount"), gross.number("ChargeAmount")
    discount = _discount(gross)
    return Price(
        net=amount,
        gross=None if discount is None and gross_amount == amount else gross_amount,
        discount=discount,
        base_quantity=base.number(""),
        base_quantity_unit=base.attribute("unitCode"),
    )


def _base_quantity(net: Source, gross: Source) -> Source:
    """Return BT-149: the quantity of the net price; that of the gross price must be the same."""
    own, other = net.one("BasisQuantity"), gross.one("BasisQuantity")
    if own.is_empty:
        return other
    if own.attributes == other.attributes and own.number("") == other.number(""):
        other.attribute("unitCode")
    elif not other.is_empty:
        other.read = False
    return own


def _discount(gross: Source) -> Decimal | None:
    """Return BT-147: discounts on the gross price, less charges."""
    groups = gross.all("AppliedTradeAllowanceCharge")
    amounts = [_signed(group) for group in groups]
    return sum((amount for amount in amounts if amount is not None), Decimal(0)) if groups else None


def _signed(group: Source) -> Decimal | None:
    is_charge = money.is_charge(group)
    group.drop("ChargeIndicator/Indicator")
    group.drop("ChargeIndicator")
    amount = group.number("ActualAmount")
    return -amount if amount is not None and is_charge else amount


def _item(product: Source) -> Item:
    name, description = product.text("Name"), product.texts("Description")
    return Item(
        name=name or description or "",
        description=description if name else None,
        sellers_identifier=product.bare("SellerAssignedID"),
        buyers_identifier=product.bare("BuyerAssignedID"),
        standard_identifier=product.identifier("GlobalID"),
        classifications=_classifications(product),
        country_of_origin=product.code("OriginTradeCountry/ID"),
        attributes=_attributes(product),
    )


def _classifications(product: Source) -> tuple[Classification, ...]:
    codes = product.all("DesignatedProductClassification/ClassCode")
    return tuple(
        Classification(
            code=element.text() or "",
            scheme=element.attribute("listID"),
            scheme_version=element.attribute("listVersionID"),
        )
        for element in codes
        if element.value
    )


def _attributes(product: Source) -> tuple[Attribute, ...]:
    """Return BG-32; a characteristic that lacks its name or its value stays unread."""
    found = product.all("ApplicableProductCharacteristic")
    whole = [each for each in found if each.peek("Description") and each.peek("Value")]
    own = [Attribute(each.text("Description") or "", each.text("Value") or "") for each in whole]
    more = [Attribute(name, value) for path, name in _AS_ATTRIBUTES.items() if (value := product.bare(path))]
    return (*own, *more)
