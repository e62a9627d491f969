"""A Banqup document and its files as valid Peppol BIS Billing 3.0, or every reason why not."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.banqup.schemas import Document
from app.convert import attachments, banqup, foreign, refusals, summary
from app.convert.conversion import Conversion, File, Origin, Unconvertible
from app.convert.supplement import supplement
from app.peppol import readers
from app.peppol.findings import Finding, is_fatal
from app.peppol.invoice import Invoice
from app.peppol.rules import validate
from app.peppol.writer import write
from app.peppol.xml import Unreadable


def convert(document: Document, files: Sequence[File], *, on: date) -> Conversion:
    """The document as UBL that the rules in force on that day accept.

    What is nearest to the original goes first: valid UBL as it came, other structured files, Banqup's own data.

    Raises:
        Unconvertible: nothing of it becomes valid; with the reasons for each way that was tried.
    """
    if untouched := _untouched(files, on=on):
        return untouched
    refused: list[Finding] = []
    passed_over: list[str] = []
    for source in foreign.sources(files):
        try:
            return _from_file(source, files, on=on, losses=passed_over)
        except Unconvertible as refusal:
            refused += refusal.findings
            passed_over.append(f"The file {source.file.filename} could not be used: {refusal}")
    return _from_data(document, files, on=on, losses=passed_over, refused=refused)


def _untouched(files: Sequence[File], *, on: date) -> Conversion | None:
    """The first UBL file that is valid as it is, byte for byte, with the readable PDF next to it."""
    for file in files:
        if file.role != "UBL":
            continue
        findings = validate(file.content, on=on)
        if not is_fatal(findings):
            return Conversion(
                ubl=file.content,
                origin="untouched",
                summary=summary.of(readers.read(file.content).invoice),
                losses=_left_behind(files),
                findings=tuple(findings),
                pdf=next((item for item in files if item.role == "PDF"), None),
            )
    return None


def _left_behind(files: Sequence[File]) -> tuple[str, ...]:
    """The files that a UBL which stays as it came cannot take in, beside the one PDF that goes next to it."""
    pdfs = [file for file in files if file.role == "PDF"]
    others = [file for file in files if file.role not in ("UBL", "CII", "PDF")]
    return tuple(
        f"The file {file.filename} is not sent along: the UBL goes out as it came." for file in pdfs[1:] + others
    )


def _from_file(source: foreign.Source, files: Sequence[File], *, on: date, losses: Sequence[str]) -> Conversion:
    """Another structured invoice by way of the model."""
    try:
        reading = source.read()
    except Unreadable as error:
        raise Unconvertible([refusals.unreadable(error.reason)]) from error
    others = [file for file in files if file.id != source.file.id or file.role == "PDF"]
    return _written(reading.invoice, others, origin=source.origin, on=on, losses=[*losses, *reading.losses])


def _from_data(
    document: Document, files: Sequence[File], *, on: date, losses: Sequence[str], refused: Sequence[Finding]
) -> Conversion:
    """Banqup's own data by way of the model; with what was wrong with the files when that does not help either."""
    if refused and not document.lines:
        raise Unconvertible(refused)
    category = (document.category or "INVOICE").upper()
    if not category.endswith(("INVOICE", "CREDIT_NOTE", "CREDITNOTE", "CREDIT NOTE")):
        raise Unconvertible([*refused, refusals.other_category(category)])
    lost = list(losses)
    invoice = banqup.invoice(document, losses=lost)
    if document.metadata.self_billed:
        raise Unconvertible([*refused, refusals.self_billing(invoice.type_code)])
    try:
        return _written(invoice, files, origin="banqup", on=on, losses=lost)
    except Unconvertible as refusal:
        raise Unconvertible([*refused, *refusal.findings]) from refusal


def _written(invoice: Invoice, files: Sequence[File], *, origin: Origin, on: date, losses: list[str]) -> Conversion:
    """The invoice with what Peppol demands, its files in it, written and checked."""
    if invoice.type_code in refusals.SELF_BILLED:
        raise Unconvertible([refusals.self_billing(invoice.type_code)])
    readable = [file for file in files if file.role not in ("UBL", "CII")]
    embedding = attachments.embed(supplement(invoice, losses=losses), readable)
    ubl = write(embedding.invoice)
    findings = validate(ubl, on=on)
    if is_fatal(findings):
        raise Unconvertible(_each_reason_once(finding for finding in findings if finding.severity == "fatal"))
    return Conversion(
        ubl=ubl,
        origin=origin,
        summary=summary.of(embedding.invoice),
        losses=(*losses, *embedding.losses),
        findings=tuple(findings),
        pdf=embedding.pdf,
    )


def _each_reason_once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each sentence: a currency that is none is wrong at every amount, and said once."""
    first = {finding.message: finding for finding in reversed(list(findings))}
    return list(reversed(first.values()))
