"""File encodings: blanks before the declaration, other names for a character set, wrong names."""

import codecs
import re

from app.peppol.xml import Unreadable

_BOM = codecs.BOM_UTF8
_BLANKS = b" \t\r\n"
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_ENCODING = re.compile(rb"""^<\?xml[^>]{0,100}encoding\s*=\s*["']([^"']{1,40})""")
_UTF_8 = re.compile(r"(?i)utf-?8")
_READ_BY_THE_PARSER = re.compile(r"(?i)iso-8859-\d+|windows-125\d")
_TEXT = re.compile(r"(utf|iso8859|cp\d|mac|koi|latin)[a-z0-9_-]*")  # Python's codecs that are character sets
_CONTROLS = re.compile(rb"[\x80-\x9f]")  # punctuation in Windows-1252, nothing that people write in ISO 8859
_WINDOWS = "cp1252"


def readable(data: bytes, *, losses: list[str]) -> bytes:
    """Return the file as the parser reads it: unchanged if possible, else in UTF-8.

    Raises:
        Unreadable: the bytes fit no known encoding.
    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or b"\x00" in data[:4]:
        return _utf_16(data)
    bare = data.removeprefix(_BOM).lstrip(_BLANKS)
    encoding = _encoding(bare, losses=losses)
    if encoding is not None:
        return _in_utf_8(bare, encoding=encoding)
    return data if data.startswith((b"<", _BOM + b"<")) else bare


def _utf_16(data: bytes) -> bytes:
    """Return a UTF-16 file in UTF-8, which every receiver reads."""
    is_big = data[:2] == codecs.BOM_UTF16_BE or data[:1] == b"\x00"
    return _in_utf_8(data, encoding="utf-16-be" if is_big else "utf-16-le")


def _encoding(bare: bytes, *, losses: list[str]) -> str | None:
    """Return the codec to decode the file with; None if the parser reads it as it is."""
    found = _ENCODING.match(bare)
    declared = found[1].decode("ascii", "replace") if found else "UTF-8"
    if _UTF_8.fullmatch(declared):
        return None if _is_utf_8(bare) else _guessed(declared, losses=losses)
    codec = _codec(declared)
    if codec is None:
        return "utf-8" if _is_utf_8(bare) else _guessed(declared, losses=losses)
    if codec.startswith("iso8859-1") and _CONTROLS.search(bare):
        return _guessed(declared, losses=losses)
    return None if _READ_BY_THE_PARSER.fullmatch(declared) else codec


def _is_utf_8(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False


def _guessed(declared: str, *, losses: list[str]) -> str:
    losses.append(f"The file is not in {declared}, as it states; its letters are read as Windows-1252.")
    return _WINDOWS


def _codec(declared: str) -> str | None:
    """Return Python's codec of that name; None if there is none for one-byte characters."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return None
    return name if _TEXT.fullmatch(name) and not name.startswith(("utf-16", "utf-32", "utf-7")) else None


def _in_utf_8(data: bytes, *, encoding: str) -> bytes:
    try:
        text = data.decode(encoding).removeprefix("\ufeff").lstrip()
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not well-formed XML: its bytes fit no known encoding.") from error
    return b'<?xml version="1.0" encoding="UTF-8"?>' + _DECLARATION.sub("", text, count=1).encode()
