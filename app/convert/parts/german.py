"""What only the German rules refuse: payment terms (DE-R-018) and files of one name (DE-R-022)."""

import re
from pathlib import PurePath

from msgspec.structs import replace

from app.convert.conform.document import is_german
from app.peppol.invoice import Invoice, SupportingDocument

_CASH_DISCOUNT = re.compile(r"#SKONTO#TAGE=(\d+)#PROZENT=(\d+\.\d\d)(#BASISBETRAG=-?\d+\.\d\d)?#")

_BETWEEN_SIGNS = re.compile(r"(?m)^\s*#|#.+#")


def in_german_form(invoice: Invoice, losses: list[str]) -> Invoice:
    """The document as the rules between German parties have it."""
    if not (is_german(invoice.seller) and is_german(invoice.buyer)):
        return invoice
    return replace(
        invoice,
        payment_terms=_terms(invoice.payment_terms, losses=losses),
        supporting_documents=_named_apart(invoice.supporting_documents, losses=losses),
    )


def _terms(terms: str | None, *, losses: list[str]) -> str | None:
    """BT-20: a line that begins with # is a cash discount in one form, and words follow the last one."""
    if not terms or not _BETWEEN_SIGNS.search(terms):
        return terms
    rows = [_row(row, losses=losses) for row in terms.splitlines()]
    discounts = [found for row in rows if (found := _CASH_DISCOUNT.fullmatch(row.strip()))]
    if discounts and _CASH_DISCOUNT.fullmatch(rows[-1].strip()):
        said = (f"{found[2]} % bei Zahlung innerhalb von {found[1]} Tagen" for found in discounts)
        rows.append(f"Skonto: {'; '.join(said)}")
    return "\n".join(rows)


def _row(row: str, *, losses: list[str]) -> str:
    """The row, without its signs if it is no cash discount in that form."""
    text = row.strip()
    if _CASH_DISCOUNT.fullmatch(text) or not (text.startswith("#") or _BETWEEN_SIGNS.search(text)):
        return row
    plain = " ".join(text.replace("#", " ").split())
    losses.append(f"The payment terms “{text}” are no cash discount in the German form; they are written as “{plain}”.")
    return plain


def _named_apart(documents: tuple[SupportingDocument, ...], *, losses: list[str]) -> tuple[SupportingDocument, ...]:
    """BG-24: files with names of their own."""
    taken: set[str] = set()
    return tuple(_named(document, taken=taken, losses=losses) for document in documents)


def _named(document: SupportingDocument, *, taken: set[str], losses: list[str]) -> SupportingDocument:
    name = document.filename
    if name is None or document.content is None:
        return document
    path, number = PurePath(name), 2
    while name in taken:
        name = f"{path.stem} ({number}){path.suffix}"
        number += 1
    taken.add(name)
    if name != document.filename:
        losses.append(f"A second file is called {document.filename}; it is sent along as {name}.")
    return replace(document, filename=name)
