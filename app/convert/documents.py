"""A Banqup document and its files as valid Peppol BIS Billing or Self-billing 3.0, or every reason why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.banqup.schemas import Document
from app.convert import attachments, banqup, foreign, refusals, summary
from app.convert.conversion import Conversion, File, Summary, Unconvertible, briefly
from app.convert.parties import Known, known_by_banqup
from app.convert.supplement import supplement
from app.convert.unmet import unmet
from app.peppol.findings import Finding, is_fatal
from app.peppol.grade import Grade, grade
from app.peppol.readers import Reading
from app.peppol.rules import validate
from app.peppol.rules.releases import release_on
from app.peppol.writer import write
from app.peppol.xml import Unreadable, parse
from app.vocabulary import Origin


def convert(document: Document, files: Sequence[File], *, on: date) -> Conversion:
    """Return the document as UBL that the rules in force on that day accept.

    What is nearest to the original goes first: valid UBL as it came, other structured files, Banqup's own data. A file
    that only lacks an electronic address goes before Banqup's data, which say less.

    Raises:
        Unconvertible: nothing of it becomes valid; with the reasons for each way that was tried.
    """
    if untouched := _untouched(files, on=on):
        return untouched
    refused: list[Finding] = []
    passed_over: list[str] = []
    return _from_files(document, files, on=on, losses=passed_over, refused=refused) or _from_data(
        document, files, on=on, losses=passed_over, refused=refused
    )


def _from_files(
    document: Document, files: Sequence[File], *, on: date, losses: list[str], refused: list[Finding]
) -> Conversion | None:
    """Return the first file that becomes Peppol, else the first that lacks no more than the network's own terms."""
    best: Conversion | None = None
    known = _known(document, on=on)
    for source in foreign.sources(files):
        try:
            found = _from_file(source, files, known=known, on=on, losses=losses)
        except Unconvertible as refusal:
            refused += refusal.findings
            losses.append(f"The file {source.file.filename} could not be used: {refusal}")
        else:
            if found.grade is Grade.PEPPOL:
                return found
            best = best or found
    return best


def _untouched(files: Sequence[File], *, on: date) -> Conversion | None:
    """The first UBL file that is valid as it is, byte for byte, with the readable PDF next to it."""
    for file in files:
        if file.role != "UBL":
            continue
        try:
            root = parse(file.content)
        except Unreadable:
            continue
        findings = validate(root, on=on)
        if not is_fatal(findings):
            return Conversion(
                ubl=file.content,
                origin="untouched",
                summary=summary.of_ubl(root),
                losses=_left_behind(files),
                findings=tuple(findings),
                pdf=next((item for item in files if item.role == "PDF"), None),
            )
    return None


def _left_behind(files: Sequence[File]) -> tuple[str, ...]:
    """The files that a UBL which stays as it came cannot take in, beside the one PDF that goes next to it."""
    pdfs = [file for file in files if file.role == "PDF"]
    others = [file for file in files if file.role not in ("UBL", "CII", "PDF")]
    return briefly(
        f"The file {file.filename} is not sent along: the UBL goes out as it came." for file in pdfs[1:] + others
    )


def _known(document: Document, *, on: date) -> Known:
    """Return what Banqup says of the parties, to complete a file with."""
    about = document.metadata
    seller, buyer = banqup.seller(about.supplier, losses=[]), banqup.buyer(about.customer, losses=[])
    return known_by_banqup(seller, buyer, profile=release_on(on).billing.profile)


def _from_file(
    source: foreign.Source, files: Sequence[File], *, known: Known, on: date, losses: Sequence[str]
) -> Conversion:
    """Another structured invoice by way of the model."""
    others = [file for file in files if file is not source.file or file.role == "PDF"]
    try:
        draft = _written(source.read(), others, known=known, on=on)
    except Unreadable as error:
        raise Unconvertible([refusals.unreadable(error.reason)]) from error
    return _checked(draft, origin=source.origin, on=on, losses=losses)


def _from_data(
    document: Document, files: Sequence[File], *, on: date, losses: Sequence[str], refused: Sequence[Finding]
) -> Conversion:
    """Banqup's own data by way of the model; with what was wrong with the files when that does not help either."""
    if refused and not document.lines:
        raise Unconvertible(refused)
    if reasons := refusals.of(document):
        raise Unconvertible([*refused, *reasons])
    try:
        return _checked(_written(_read(document), files, known=None, on=on), origin="banqup", on=on, losses=losses)
    except Unconvertible as refusal:
        raise Unconvertible([*refused, *refusal.findings]) from refusal


def _read(document: Document) -> Reading:
    losses: list[str] = []
    return Reading(banqup.invoice(document, losses=losses), tuple(losses))


@dataclass(frozen=True, slots=True)
class _Draft:
    """What was written, before the rules have seen it; the model is gone by then, since a large one is very large."""

    ubl: bytes
    summary: Summary
    losses: tuple[str, ...]
    pdf: File | None


def _written(reading: Reading, files: Sequence[File], *, known: Known | None, on: date) -> _Draft:
    """The invoice with what Peppol demands and its files in it, as UBL."""
    losses = list(reading.losses)
    readable = [file for file in files if file.role not in ("UBL", "CII")]
    profile = release_on(on).book_of(reading.invoice.type_code).profile
    whole = supplement(reading.invoice, profile=profile, known=known, losses=losses)
    embedding = attachments.embed(whole, readable)
    invoice = embedding.invoice
    return _Draft(write(invoice), summary.of(invoice), (*losses, *embedding.losses), embedding.pdf)


def _checked(draft: _Draft, *, origin: Origin, on: date, losses: Sequence[str]) -> Conversion:
    """The draft with its grade, once no rule refuses it."""
    findings = validate(draft.ubl, on=on)
    reached = grade(findings)
    if reached is None:
        raise Unconvertible(_each_reason_once(finding for finding in findings if finding.severity == "fatal"))
    return Conversion(
        ubl=draft.ubl,
        origin=origin,
        grade=reached,
        summary=draft.summary,
        losses=briefly((*losses, *draft.losses, *unmet(findings))),
        findings=tuple(findings),
        pdf=draft.pdf,
    )


def _each_reason_once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each sentence: a currency that is none is wrong at every amount, and said once."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.message, finding)
    return list(first.values())
