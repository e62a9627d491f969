"""Payment terms (DE-R-018) and file names (DE-R-022) as the rules between German parties demand."""

import re
from pathlib import PurePath

from msgspec.structs import replace

from app.convert.conform.document import is_german
from app.peppol.invoice import Invoice, SupportingDocument

_CASH_DISCOUNT = re.compile(r"#SKONTO#TAGE=(\d+)#PROZENT=(\d+\.\d\d)(#BASISBETRAG=-?\d+\.\d\d)?#")

_BETWEEN_SIGNS = re.compile(r"(?m)^\s*#|#.+#")


def in_german_form(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the document in the form that German parties use between them."""
    if not (is_german(invoice.seller) and is_german(invoice.buyer)):
        return invoice
    return replace(
        invoice,
        payment_terms=_terms(invoice.payment_terms, losses=losses),
        supporting_documents=_named_apart(invoice.supporting_documents, losses=losses),
    )


def _terms(terms: str | None, *, losses: list[str]) -> str | None:
    """Return BT-20; a line that starts with # is a cash discount in its fixed form, and is never the last line."""
    if not terms or not _BETWEEN_SIGNS.search(terms):
        return terms
    rows = [_row(row, losses=losses) for row in terms.splitlines()]
    discounts = [found for row in rows if (found := _CASH_DISCOUNT.fullmatch(row.strip()))]
    if discounts and _CASH_DISCOUNT.fullmatch(rows[-1].strip()):
        said = (f"{found[2]} % bei Zahlung innerhalb von {found[1]} Tagen" for found in discounts)
        rows.append(f"Skonto: {'; '.join(said)}")
    return "\n".join(rows)


def _row(row: str, *, losses: list[str]) -> str:
    """Return a line of the terms, without its # signs if it is not a cash discount in that form."""
    text = row.strip()
    if _CASH_DISCOUNT.fullmatch(text) or not (text.startswith("#") or _BETWEEN_SIGNS.search(text)):
        return row
    plain = " ".join(text.replace("#", " ").split())
    losses.append(f"The payment terms “{text}” are not a cash discount in the German form; “{plain}” is written.")
    return plain


def _named_apart(documents: tuple[SupportingDocument, ...], *, losses: list[str]) -> tuple[SupportingDocument, ...]:
    """Return BG-24 with distinct file names."""
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
