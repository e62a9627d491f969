"""What holds a document before its first post, until a person releases it or its turn comes."""

from dataclasses import dataclass

from app.clock import Clock
from app.convert.conversion import Conversion, Readable, Summary
from app.errors import Rejected, StepAside
from app.peppol.grade import Grade
from app.queue import precedence
from app.queue.exports import DueExport
from app.reasons import AFTER_ITS_INVOICE, BELOW_PEPPOL, PROBABLE_DUPLICATE, Kind, Reason
from app.storage.db import Sessions
from app.storage.models import Export


@dataclass(frozen=True, kw_only=True)
class Holds:
    """Checks a described export, in the order in which a person can lift what holds it."""

    sessions: Sessions
    clock: Clock

    async def expect_free(self, due: DueExport, found: Conversion | Readable) -> None:
        """Raise `Rejected` if a person must look first, `StepAside` for a credit note before its invoice."""
        export = due.export
        if export.exact_id is not None or export.intent is not None:
            return
        reason = _below_peppol(due, found) or await self._duplicate(export)
        if reason is not None:
            raise Rejected(reason)
        await self._expect_its_turn(export, found.summary)

    async def _duplicate(self, export: Export) -> Reason | None:
        if export.released or is_lifted(export, PROBABLE_DUPLICATE):
            return None
        async with self.sessions() as session:
            same = await precedence.same_invoice(session, export)
        return duplicate(export, same) if same is not None else None

    async def _expect_its_turn(self, export: Export, summary: Summary) -> None:
        corrected = summary.preceding_invoices if summary.is_credit_note else ()
        if not corrected:
            return
        async with self.sessions() as session:
            waits = await precedence.is_invoice_queued(session, export, corrected, clock=self.clock)
        if waits:
            raise StepAside(
                AFTER_ITS_INVOICE.because(f"It corrects {', '.join(corrected)}, which is not exported yet.")
            )


def is_lifted(export: Export, kind: Kind) -> bool:
    """Return whether a person has released the export from a hold of this kind."""
    return kind.code in export.released_from


def _below_peppol(due: DueExport, found: Conversion | Readable) -> Reason | None:
    """Hold what only EN 16931 accepts, if the partner has chosen so; name the rules of Peppol that it breaks."""
    if isinstance(found, Readable) or found.grade is Grade.PEPPOL or due.en16931 == "deliver":
        return None
    if is_lifted(due.export, BELOW_PEPPOL):
        return None
    broken = [one for one in found.findings if one.severity == "fatal"]
    findings = [{"rule": one.rule, "message": one.message, "location": one.location} for one in broken]
    return BELOW_PEPPOL.because(" ".join(one.message for one in broken[:3]), findings=findings)


def duplicate(export: Export, same: Export) -> Reason:
    """Name both documents, as far as this partner may see them."""
    earlier: dict[str, str | None] = {"exact_number": same.exact_number}
    if same.installation_id == export.installation_id:
        earlier |= {"export": str(same.id), "document": str(same.document_id)}
    sentence = f"Another Banqup document with number {export.number} of {export.seller} is already in this company."
    this = {"export": str(export.id), "document": str(export.document_id)}
    return PROBABLE_DUPLICATE.because(sentence, this=this, earlier=earlier)
