"""Refusals: our own reasons beside the official rules, each with its cause."""

from collections.abc import Iterable, Sequence

from app.banqup.schemas import Document
from app.convert.conversion import Cause, File, Unconvertible
from app.peppol import codes
from app.peppol.findings import Finding, brief
from app.peppol.readers import NotAnInvoice, OtherFormat, UnreadablePdf
from app.peppol.xml import Excessive, Unreadable
from app.vocabulary import Origin

# UNTDID 1001: documents that resemble invoices. EN 16931 lists 130 and 325 even so.
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

# Peppol rules about amounts that contradict each other; the others ask for what only the network needs
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
    """Refuse a document of a category that is not exported."""
    category = "_".join(brief(document.category or "").upper().replace("-", "_").replace("_", " ").split())
    noun = _CATEGORIES.get(category) or _with_article(category.replace("_", " ").lower())
    message = f"Banqup files the document as {noun}; only invoices and credit notes are exported."
    return Unconvertible([Finding("CONVERT-CATEGORY", "fatal", message, term="BT-3")], cause=Cause.NOT_AN_INVOICE)


def other_type(type_code: str) -> Unconvertible | None:
    """Refuse a type (BT-3) that is not an invoice; return None for one that EN 16931 accepts."""
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
    """Refuse a file by what it is."""
    if isinstance(error, NotAnInvoice):
        return Unconvertible([Finding("CONVERT-TYPE", "fatal", error.reason)], cause=Cause.NOT_AN_INVOICE)
    if isinstance(error, OtherFormat):
        return Unconvertible([Finding("CONVERT-FORMAT", "fatal", error.reason)], cause=Cause.UNSUPPORTED)
    if isinstance(error, Excessive):
        return Unconvertible([Finding("CONVERT-TOO-HEAVY", "fatal", error.reason)], cause=Cause.TOO_HEAVY)
    cause = Cause.NO_DATA if isinstance(error, UnreadablePdf) else Cause.UNREADABLE
    return Unconvertible([Finding("CONVERT-UNREADABLE", "fatal", error.reason)], cause=cause)


def no_data(files: Sequence[File]) -> Unconvertible:
    """Refuse a document without any data."""
    held = "only a PDF" if any(file.role == "PDF" for file in files) else "only attachments" if files else "no file"
    message = f"Banqup holds {held} and no invoice data."
    return Unconvertible([Finding("CONVERT-NO-DATA", "fatal", message)], cause=Cause.NO_DATA)


def no_lines(holder: str) -> Unconvertible:
    """Return that the totals alone do not tell what to book, of a file or of Banqup's data."""
    message = f"{holder} holds no lines, and its totals do not state which VAT rates they consist of."
    return Unconvertible([Finding("CONVERT-NO-LINES", "fatal", message, term="BG-25")], cause=Cause.INCOMPLETE)


def broken_rules(findings: Iterable[Finding], *, origin: Origin) -> Unconvertible:
    """Refuse UBL with fatal findings, each sentence once: a wrong currency is wrong in every amount."""
    first: dict[str, Finding] = {}
    for finding in findings:
        if finding.severity == "fatal":
            first.setdefault(finding.message, finding)
    return Unconvertible(list(first.values()), cause=_cause(first.values(), origin=origin))


def _cause(findings: Iterable[Finding], *, origin: Origin) -> Cause:
    """Return who can help: the client for Banqup's data, the issuer for a file that breaks more than Peppol's rules."""
    if origin == "banqup":
        return Cause.INCOMPLETE
    is_right = all(finding.rule.startswith(_OF_PEPPOL) and finding.rule not in _CONTRADICTIONS for finding in findings)
    return Cause.UNSUPPORTED if is_right else Cause.FAULTY


def together(refusals: Sequence[Unconvertible]) -> Unconvertible:
    """Return several refusals as one; the cause listed first counts."""
    findings = [finding for refusal in refusals for finding in refusal.findings]
    return Unconvertible(findings, cause=min((refusal.cause for refusal in refusals), key=list(Cause).index))


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
