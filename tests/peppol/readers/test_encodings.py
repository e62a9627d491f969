"""Files in other encodings than they state, or under other names for one: every letter arrives."""

import pytest

from app.peppol.readers.encodings import readable
from app.peppol.xml import Unreadable, parse

TEXT = "Crème à 5 €"
FEW = "Crème brûlée"


def declared(encoding: str, *, text: str = TEXT) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n<name>{text}</name>'


def read(data: bytes) -> tuple[str | None, list[str]]:
    losses: list[str] = []
    return parse(readable(data, losses=losses)).text, losses


@pytest.mark.parametrize(
    "data",
    [
        declared("UTF-8").encode(),
        declared("utf8").encode(),
        declared("windows-1252").encode("cp1252"),
        declared("ISO-8859-15").encode("iso8859-15"),
        declared("utf-16").encode("utf-16"),
        declared("ISO-8859-1", text="plain").encode(),
    ],
)
def test_what_the_parser_reads_stays_as_it_is_or_becomes_utf_8(data: bytes) -> None:
    text, losses = read(data)
    assert (text in (TEXT, "plain"), losses) == (True, [])


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("latin1", "latin-1"),
        ("Latin-1", "latin-1"),
        ("l1", "latin-1"),
        ("ISO8859-1", "latin-1"),
        ("ISO_8859-1", "latin-1"),
        ("cp1252", "cp1252"),
        ("CP850", "cp850"),
        ("macintosh", "mac-roman"),
        ("US-ASCII", "utf-8"),
        ("ANSI", "utf-8"),
        ("utf-16", "utf-8"),
        ("UTF-32", "utf-8"),
        ("base64", "utf-8"),
    ],
)
def test_an_encoding_of_another_name_is_read(name: str, codec: str) -> None:
    assert read(declared(name, text=FEW).encode(codec)) == (FEW, [])


@pytest.mark.parametrize("name", ["UTF-8", "ISO-8859-1", "latin1", "ANSI", "utf-16"])
def test_windows_letters_under_another_name_are_read_and_named(name: str) -> None:
    text, losses = read(declared(name).encode("cp1252"))
    assert text == TEXT
    assert losses == [f"The file is not in {name}, as it states; its letters are read as Windows-1252."]


def test_a_file_without_a_declaration_is_in_utf_8_or_named() -> None:
    assert read("<name>Crème</name>".encode()) == ("Crème", [])
    assert read("<name>Crème</name>".encode("latin-1"))[0] == "Crème"


@pytest.mark.parametrize("before", ["\ufeff", "\n", "\ufeff\r\n", " \t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_what_stands_before_the_declaration_goes(before: str, codec: str) -> None:
    name = "utf-8" if codec == "utf-8" else "utf-16"
    assert read((before + declared(name)).encode(codec)) == (TEXT, [])


def test_bytes_that_fit_no_encoding_are_refused() -> None:
    with pytest.raises(Unreadable, match="fit no known encoding"):
        read(b'<?xml version="1.0" encoding="UTF-8"?><name>\x81</name>')
