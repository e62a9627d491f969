"""Reasons of our own for refusing a document, beside the official rules."""

from collections.abc import Iterable, Sequence

from app.banqup.schemas import Document
from app.convert.conversion import Cause, File, Unconvertible
from app.peppol import codes
from app.peppol.findings import Finding, brief
from app.peppol.readers import NotAnInvoice, OtherFormat, UnreadablePdf
from app.peppol.xml import Unreadable
from app.vocabulary import Origin

# UNTDID 1001: documents that people send as if they were invoices. EN 16931 lists 130 and 325 all the same.
_OTHER_TYPES = {
    "130": "an invoicing data sheet",
    "220": "a purchase order",
    "231": "a response to a purchase order",
    "270": "a delivery note",
    "310": "a quotation",
    "320": "an acknowledgement of an order",
    "325": "a pro forma invoice",
    "351": "a despatch advice",
    "481": "a statement of account",
    "735": "a payment reminder",
}
_CATEGORIES = {"PROFORMA_INVOICE": "a pro forma invoice", "PRO_FORMA_INVOICE": "a pro forma invoice"}
_KNOWN_TYPES = codes.CEN_INVOICE_TYPES | codes.CEN_CREDIT_NOTE_TYPES

# Rules of Peppol that find a contradiction in the amounts; the others ask for what only the network needs
_CONTRADICTIONS = frozenset({f"PEPPOL-EN16931-{rule}" for rule in ("R040", "R046", "R055", "R120")})
_OF_PEPPOL = (
    "PEPPOL-",
    "DE-R-",
    "DK-R-",
    "GR-R-",
    "GR-S-",
    "IS-R-",
    "IT-R-",
    "LU-R-",
    "NL-R-",
    "NO-R-",
    "SE-R-",
    "SK-R-",
)


def other_category(document: Document) -> Unconvertible:
    """Return that Banqup files the document under a category that is not exported."""
    category = "_".join(brief(document.category or "").upper().replace("-", "_").replace("_", " ").split())
    noun = _CATEGORIES.get(category) or _with_article(category.replace("_", " ").lower())
    message = f"Banqup files the document as {noun}; only invoices and credit notes are exported."
    return Unconvertible([Finding("CONVERT-CATEGORY", "fatal", message, term="BT-3")], cause=Cause.NOT_AN_INVOICE)


def other_type(type_code: str) -> Unconvertible | None:
    """Return why a document of this type (BT-3) is not booked; None for a type that EN 16931 takes as an invoice."""
    if type_code in _OTHER_TYPES:
        message = f"The document is {_OTHER_TYPES[type_code]} (type {type_code}), not an invoice."
    elif type_code in _KNOWN_TYPES:
        return None
    else:
        message = (
            f"The document is of type {brief(type_code)}, which EN 16931 does not know as an invoice (UNTDID 1001)."
        )
    return Unconvertible([Finding("CONVERT-TYPE", "fatal", message, term="BT-3")], cause=Cause.NOT_AN_INVOICE)


def unreadable(error: Unreadable) -> Unconvertible:
    """Return why a file could not be read, by what it is."""
    if isinstance(error, NotAnInvoice):
        return Unconvertible([Finding("CONVERT-TYPE", "fatal", error.reason)], cause=Cause.NOT_AN_INVOICE)
    if isinstance(error, OtherFormat):
        return Unconvertible([Finding("CONVERT-FORMAT", "fatal", error.reason)], cause=Cause.UNSUPPORTED)
    cause = Cause.NO_DATA if isinstance(error, UnreadablePdf) else Cause.UNREADABLE
    return Unconvertible([Finding("CONVERT-UNREADABLE", "fatal", error.reason)], cause=cause)


def no_data(files: Sequence[File]) -> Unconvertible:
    """Return that there is nothing to book from."""
    held = "only a PDF" if any(file.role == "PDF" for file in files) else "only attachments" if files else "no file"
    message = f"Banqup holds {held} and no invoice data."
    return Unconvertible([Finding("CONVERT-NO-DATA", "fatal", message)], cause=Cause.NO_DATA)


def no_lines(holder: str) -> Unconvertible:
    """Return that the totals alone do not tell what to book, of a file or of Banqup's data."""
    message = f"{holder} holds no lines, and its totals do not state which VAT rates they consist of."
    return Unconvertible([Finding("CONVERT-NO-LINES", "fatal", message, term="BG-25")], cause=Cause.INCOMPLETE)


def broken_rules(findings: Iterable[Finding], *, origin: Origin) -> Unconvertible:
    """Return the fatal findings, each sentence once: a wrong currency is wrong at every amount."""
    first: dict[str, Finding] = {}
    for finding in findings:
        if finding.severity == "fatal":
            first.setdefault(finding.message, finding)
    return Unconvertible(list(first.values()), cause=_cause(first.values(), origin=origin))


def _cause(findings: Iterable[Finding], *, origin: Origin) -> Cause:
    """Banqup's data are the client's to correct, a file is its issuer's, but for what Peppol alone demands."""
    if origin == "banqup":
        return Cause.INCOMPLETE
    is_right = all(finding.rule.startswith(_OF_PEPPOL) and finding.rule not in _CONTRADICTIONS for finding in findings)
    return Cause.UNSUPPORTED if is_right else Cause.FAULTY


def together(refusals: Sequence[Unconvertible]) -> Unconvertible:
    """Return the refusals of every way that was tried as one; the gravest cause decides."""
    findings = [finding for refusal in refusals for finding in refusal.findings]
    return Unconvertible(findings, cause=min((refusal.cause for refusal in refusals), key=list(Cause).index))


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
