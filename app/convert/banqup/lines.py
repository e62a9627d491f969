"""Banqup's lines as invoice lines (BG-25)."""

from app.banqup import schemas
from app.banqup.assumptions import Classification as SourceClassification
from app.banqup.assumptions import ObjectReference
from app.banqup.assumptions import Period as SourcePeriod
from app.convert.banqup.adjustments import allowances, charges
from app.convert.banqup.vat import vat
from app.convert.units import ONE, WORDS
from app.peppol import codes
from app.peppol.invoice import Attribute, Classification, Identifier, Item, Line, Period, Price, Vat


def line(source: schemas.Line, *, identifier: str, vat_of_document: Vat | None, losses: list[str]) -> Line:
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
        allowances=allowances(about.allowances),
        charges=charges(about.charges),
        price=_price(source.pricing),
        vat=vat(source.vat_details) or vat_of_document,
        item=_item(source.product_identifiers, note=about.note),
    )


def invoiced_object(source: ObjectReference | None) -> Identifier | None:
    """BT-18 or BT-128."""
    return Identifier(source.id, source.scheme) if source and source.id else None


def period(source: SourcePeriod | None) -> Period | None:
    """BG-14 or BG-26."""
    return Period(source.start_date, source.end_date) if source and (source.start_date or source.end_date) else None


def _unit(source: schemas.Line, *, identifier: str, losses: list[str]) -> str:
    """BT-130: a code of Recommendation 20 or 21, or the code for a word; another word is named as lost."""
    word = (source.unit or "").strip()
    code = word if word in codes.UNITS else WORDS.get(word.upper())
    if code is None:
        losses.append(f"Line {identifier}: the unit “{word}” is not one that Peppol knows; {ONE} (one) is written.")
    return code or ONE


def _price(pricing: schemas.Pricing) -> Price:
    """BG-29; a base quantity of zero says nothing (R121)."""
    net, gross, discount = pricing.item_net_price, pricing.item_gross_price, pricing.item_discount
    if net is None and gross is not None:
        net = gross - (discount or 0)
    return Price(
        net=net,
        gross=gross,
        discount=discount if gross is not None else None,
        base_quantity=pricing.item_price_quantity if (pricing.item_price_quantity or 0) > 0 else None,
    )


def _item(product: schemas.ProductIdentifiers, *, note: str | None) -> Item:
    """BG-31: the documented description is what people read as the name (BR-25)."""
    name = product.item_name or product.item_description or product.item_id or note or ""
    return Item(
        name=name,
        description=product.item_description if product.item_description != name else None,
        sellers_identifier=product.item_id,
        buyers_identifier=product.buyer_item_id,
        standard_identifier=Identifier(product.gtin, "0160") if product.gtin else None,
        classifications=tuple([_classification(entry) for entry in product.classifications if entry.code]),
        country_of_origin=product.origin_country,
        attributes=tuple([Attribute(one.name, one.value) for one in product.attributes if one.name and one.value]),
    )


def _classification(source: SourceClassification) -> Classification:
    return Classification(code=source.code or "", scheme=source.list_id, scheme_version=source.list_version)
