"""Banqup's lines as invoice lines (BG-25)."""

from app.banqup import schemas
from app.banqup.assumptions import Classification as SourceClassification
from app.banqup.assumptions import ObjectReference
from app.banqup.assumptions import Period as SourcePeriod
from app.convert.banqup.adjustments import adjustments
from app.convert.banqup.vat import vat
from app.convert.gtin import is_gtin
from app.convert.units import ONE, WORDS
from app.peppol import codes
from app.peppol.invoice import Attribute, Classification, Identifier, Item, Line, Period, Price


def line(source: schemas.Line, *, identifier: str, losses: list[str]) -> Line:
    """Return one line; a price that does not give its amount is left to `app.convert.repair.prices`."""
    about = source.metadata
    return Line(
        identifier=identifier,
        note=about.note,
        object_identifier=invoiced_object(about.invoiced_object),
        quantity=source.quantity,
        unit=_unit(source, identifier=identifier, losses=losses),
        net_amount=source.net_amount,
        order_line_reference=about.order_line_reference,
        buyer_accounting_reference=about.accounting_reference,
        period=period(about.period),
        allowances=adjustments(about.allowances, losses=losses),
        charges=adjustments(about.charges, losses=losses),
        price=_price(source.pricing),
        vat=vat(source.vat_details),
        item=_item(source.product_identifiers, note=about.note),
    )


def invoiced_object(source: ObjectReference | None) -> Identifier | None:
    """Return BT-18 or BT-128."""
    return Identifier(source.id, source.scheme) if source and source.id else None


def period(source: SourcePeriod | None) -> Period | None:
    """Return BG-14 or BG-26."""
    return Period(source.start_date, source.end_date) if source and (source.start_date or source.end_date) else None


def _unit(source: schemas.Line, *, identifier: str, losses: list[str]) -> str:
    """Return BT-130 as a code of UN/ECE Recommendation 20 or 21; an unknown word is named."""
    word = (source.unit or "").strip()
    code = word if word in codes.UNITS else WORDS.get(word.upper())
    if code is None:
        losses.append(f"Line {identifier}: the unit “{word}” is unknown to Peppol; {ONE} (one) is written.")
    return code or ONE


def _price(pricing: schemas.Pricing) -> Price:
    """Return BG-29."""
    net, gross, discount = pricing.item_net_price, pricing.item_gross_price, pricing.item_discount
    if net is None and gross is not None:
        net = gross - (discount or 0)
    return Price(
        net=net,
        gross=gross,
        discount=discount,
        base_quantity=pricing.item_price_quantity,
    )


def _item(product: schemas.ProductIdentifiers, *, note: str | None) -> Item:
    """Return BG-31; what Banqup documents as the description is what people read as the name (BR-25)."""
    name = product.item_name or product.item_description or product.item_id or note or ""
    number = product.gtin
    is_standard = number is not None and is_gtin(number)
    attributes = [Attribute(one.name, one.value) for one in product.attributes if one.name and one.value]
    return Item(
        name=name,
        description=product.item_description if product.item_description != name else None,
        sellers_identifier=product.item_id,
        buyers_identifier=product.buyer_item_id,
        standard_identifier=Identifier(number, "0160") if number and is_standard else None,
        classifications=tuple([_classification(entry) for entry in product.classifications if entry.code]),
        country_of_origin=product.origin_country,
        attributes=(*attributes, *([Attribute("GTIN", number)] if number and not is_standard else [])),
    )


def _classification(source: SourceClassification) -> Classification:
    return Classification(code=source.code or "", scheme=source.list_id, scheme_version=source.list_version)
