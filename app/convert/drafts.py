"""Write the model as UBL and check it against the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.convert import attachments, refusals, summary
from app.convert.conversion import Conversion, File, Summary, briefly
from app.convert.parties import Known
from app.convert.parts import without_misfits
from app.convert.supplement import supplement
from app.convert.unmet import unmet
from app.peppol.grade import grade
from app.peppol.readers import Reading
from app.peppol.rules import validate
from app.peppol.rules.releases import release_on
from app.peppol.writer import write
from app.vocabulary import Origin


@dataclass(frozen=True, slots=True)
class Draft:
    """UBL before it is checked; the model, which may be very large, is freed by then."""

    ubl: bytes
    summary: Summary
    losses: tuple[str, ...]
    pdf: File | None


def written(reading: Reading, files: Sequence[File], *, known: Known | None, on: date) -> Draft:
    """Return the invoice as UBL, completed for Peppol and with its files embedded.

    Raises:
        Unconvertible: its type is not that of an invoice, or it has no lines and its totals make none.
    """
    if refusal := refusals.other_type(reading.invoice.type_code):
        raise refusal
    if not reading.invoice.lines:
        raise refusals.no_lines("Banqup" if known is None else "The file")
    losses = list(reading.losses)
    readable = [file for file in files if file.role not in ("UBL", "CII")]
    invoice = without_misfits(reading.invoice, losses=losses)
    profile = release_on(on).book_of(invoice.type_code).profile
    invoice = supplement(invoice, profile=profile, known=known, losses=losses)
    embedding = attachments.embed(invoice, readable)
    invoice = embedding.invoice
    return Draft(write(invoice), summary.of(invoice), (*losses, *embedding.losses), embedding.pdf)


def checked(draft: Draft, *, origin: Origin, on: date, losses: Sequence[str]) -> Conversion:
    """Return the draft with its grade.

    Raises:
        Unconvertible: a rule refuses it.
    """
    findings = validate(draft.ubl, on=on)
    reached = grade(findings)
    if reached is None:
        raise refusals.broken_rules(findings, origin=origin)
    return Conversion(
        ubl=draft.ubl,
        origin=origin,
        grade=reached,
        summary=draft.summary,
        losses=briefly((*losses, *draft.losses, *unmet(findings))),
        findings=tuple(findings),
        pdf=draft.pdf,
    )
