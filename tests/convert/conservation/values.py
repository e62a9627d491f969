"""The values of a document, and which of them neither its conversion nor a loss holds."""

import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from lxml import etree

from app.convert import Conversion

_NOT_ALNUM = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# What states how the document is coded, not what it says; a code that changes is named by a test of its own
_CODED = re.compile(r"(Code|Indicator|Sequence|SequenceNumeric|LineCountNumeric|VersionID|CustomizationID|ProfileID)$")
_AMOUNT = re.compile(r"(Amount|Quantity|Percent|MultiplierFactorNumeric|Price|Percentage|quantity)$")
_STRUCTURE = ("TaxScheme/ID", "TaxScheme/Name", "TaxCategory/Name", "NetworkID", "ContextParameter/ID")
_SAID_BY_A_CODE = ("Country/Name", "SpecifiedProcuringProject/Name")
_SAID_IN_WORDS = re.compile(r"BELM-\d+")  # UBL.BE: the code of a legal mention, whose sentence stands beside it
_OLD_BELGIAN = re.compile(r"^BE(\d{9})$")  # written with ten digits since 2005
# Of Banqup's JSON: what is about the document, and codes
_ABOUT = frozenset({"id", "spaceId", "source", "folder", "category", "status", "timestamps", "files", "connections"})
_JSON_CODES = frozenset({"vatCategory", "unit", "code", "country", "typeCode", "role", "selfBilled", "percentage"}) | {
    "exemptionReasonCode",
    "reasonCode",
}


class Value(NamedTuple):
    """A value and the place where it stands."""

    path: str
    text: str

    @property
    def is_amount(self) -> bool:
        """Whether it counts rather than names."""
        return bool(_AMOUNT.search(self.path)) and _decimal(self.text) is not None


def of_xml(xml: bytes) -> Iterator[Value]:
    """Yield the values of UBL or CII, in order."""
    root = etree.fromstring(xml)
    for element in root.iter(etree.Element):
        path = "/".join(etree.QName(each).localname for each in [*reversed([*element.iterancestors()]), element])
        text = (element.text or "").strip()
        if not text or len(element) or _CODED.search(path) or path.endswith(_STRUCTURE + _SAID_BY_A_CODE):
            continue
        if "BinaryObject" in path and (name := element.get("filename")):
            yield Value(path, name)  # whether its file is sent along or named
        elif not _SAID_IN_WORDS.fullmatch(text):
            yield Value(path, text)


def of_json(found: Any, path: str = "") -> Iterator[Value]:
    """Yield the values of a Banqup document."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key not in _JSON_CODES and not (not path and key in _ABOUT):
                yield from of_json(value, f"{path}/{key}")
    elif isinstance(found, list):
        for value in found:
            yield from of_json(value, path)
    elif path.endswith("/global:peppol"):
        yield Value(path, str(found).partition(":")[2])
    elif path.endswith("/cardNumber"):
        yield Value(path, str(found)[-4:])  # card security forbids more
    elif found not in (None, ""):
        yield Value(path, str(found))


def unaccounted(values: Iterable[Value], conversion: Conversion) -> list[Value]:
    """Return the values that are neither in the UBL nor named in a loss."""
    texts = [*_texts(conversion.ubl), *conversion.losses]
    plain = [_plain(text) for text in texts]
    numbers = {abs(Decimal(number)) for text in texts for number in _NUMBER.findall(text)}
    return [value for value in values if not _is_held(value, plain=plain, numbers=numbers)]


def _texts(ubl: bytes) -> Iterator[str]:
    for element in etree.fromstring(ubl).iter(etree.Element):
        yield element.text or ""
        yield from (str(value) for value in element.attrib.values())


def _is_held(value: Value, *, plain: list[str], numbers: set[Decimal]) -> bool:
    """An amount by its value, whatever its sign, else to the cent; a text anywhere in another text."""
    number = _decimal(value.text)
    if value.is_amount and number == 0:
        return True  # nothing is lost with it
    if value.is_amount and number is not None:
        return bool({abs(number), abs(number).quantize(Decimal("0.01"), ROUND_HALF_UP)} & numbers)
    wanted = _plain(_OLD_BELGIAN.sub(r"BE0\1", value.text))
    return any(wanted in text for text in plain)


def _plain(text: str) -> str:
    return _NOT_ALNUM.sub("", text.casefold())


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
