"""From Banqup's JSON and files to UBL, in processes that can be killed, within limits that one document must keep."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from app.banqup import schemas
from app.banqup.client import Banqup
from app.banqup.reading import ExcessiveDocument, NotJson, UnreadableDocument
from app.banqup.schemas import Document
from app.clock import Clock
from app.convert.conversion import Cause, Conversion, File, Readable, Unconvertible
from app.convert.readable import pdf_of, summary_of
from app.delivery.in_flight import InFlight
from app.errors import NotExported, Rejected, TryLater
from app.isolation import ChildDied, ConversionPool, TooHeavy
from app.isolation.work import convert_document, read_document, readable_document
from app.peppol.findings import Finding
from app.reasons import (
    BANQUP_UNAVAILABLE,
    DOCUMENT_INCOMPLETE,
    DOCUMENT_INVALID,
    DOCUMENT_TOO_HEAVY,
    DOCUMENT_UNREADABLE,
    FILE_UNREADABLE,
    INVOICE_UNSUPPORTED,
    NO_INVOICE_DATA,
    NOT_AN_INVOICE,
    Kind,
)

MOST_FILES = 50  # of one document
MOST_BYTES = 60_000_000  # of one document, its files together
MOST_FINDINGS = 100  # kept of a refusal, with the count of the others

_Result = TypeVar("_Result")


@dataclass(frozen=True, kw_only=True)
class Converter:
    """Reads documents and converts them, one process each, a bounded number of bytes at a time."""

    banqup: Banqup
    pool: ConversionPool
    in_flight: InFlight
    clock: Clock

    async def read(self, body: bytes) -> Document:
        """Return a document as far as an export looks at it; raise `Rejected` or `TryLater`."""
        try:
            return await self._run(read_document, body, size=len(body))
        except ExcessiveDocument as error:
            raise Rejected(DOCUMENT_TOO_HEAVY.because(str(error))) from None
        except UnreadableDocument as error:
            raise Rejected(DOCUMENT_UNREADABLE.because(str(error))) from None
        except NotJson:
            raise TryLater(BANQUP_UNAVAILABLE.because("Banqup's response is unreadable.")) from None

    async def convert(self, document: Document, body: bytes) -> Conversion:
        """Return a document as UBL; raise `Rejected` with every reason, or `TryLater` as Banqup does."""
        _expect_bounded(document.files, bytes_so_far=0)
        declared = sum(file.file_size or 0 for file in document.files)
        async with self.in_flight.reserved(declared + len(body)):
            files = await self._files(document)
            size = len(body) + sum(len(file.content) for file in files)
            try:
                return await self._run(convert_document, body, files, self.clock.now().date(), size=size)
            except Unconvertible as error:
                raise unconvertible(error, document) from None

    async def readable(self, document: Document, body: bytes) -> Readable:
        """Return a document as far as a person can read it, whatever is wrong with it; raise only `TryLater`."""
        declared = min(sum(file.file_size or 0 for file in document.files), MOST_BYTES)
        async with self.in_flight.reserved(declared + len(body)):
            files, losses = await self._obtainable_files(document)
            size = len(body) + sum(len(file.content) for file in files)
            try:
                found = await self._run(readable_document, body, files, size=size)
            except Rejected as outcome:  # too heavy to be read
                losses = [*losses, outcome.reason.sentence]
                found = Readable(summary=summary_of(document), pdf=pdf_of(files))
        return replace(found, losses=(*losses, *found.losses))

    async def _obtainable_files(self, document: Document) -> tuple[list[File], list[str]]:
        """Return the files within the limits that Banqup still has, PDFs first, and a sentence for each other one."""
        files: list[File] = []
        losses: list[str] = []
        for file in sorted(document.files, key=lambda one: one.role != "PDF"):
            try:
                _expect_bounded([file], bytes_so_far=sum(len(one.content) for one in files) + (file.file_size or 0))
                files.append(_with_content(file, await self.banqup.file(document.space_id, file)))
            except Rejected as outcome:
                losses.append(outcome.reason.sentence)
        return files[:MOST_FILES], losses

    async def _files(self, document: Document) -> list[File]:
        files: list[File] = []
        for file in document.files:
            content = await self.banqup.file(document.space_id, file)
            files.append(_with_content(file, content))
            _expect_bounded(document.files, bytes_so_far=sum(len(one.content) for one in files))
        return files

    async def _run(self, function: Callable[..., _Result], *args: object, size: int) -> _Result:
        try:
            return await self.pool.run(function, *args, size=size)
        except TooHeavy as error:
            raise Rejected(DOCUMENT_TOO_HEAVY.because(f"It takes more {error.limit} than one document may.")) from None
        except ChildDied:
            raise Rejected(DOCUMENT_TOO_HEAVY.because("Converting it ended the process twice.")) from None


def _with_content(file: schemas.File, content: bytes) -> File:
    return File(
        id=str(file.id),
        role=file.role or "ATTACHMENT",
        filename=file.filename or str(file.id),
        content_type=file.content_type or "application/octet-stream",
        content=content,
    )


def _expect_bounded(files: Sequence[schemas.File], *, bytes_so_far: int) -> None:
    """Raise `Rejected` for more files, or more bytes in them, than one document may have."""
    if len(files) > MOST_FILES:
        raise Rejected(DOCUMENT_TOO_HEAVY.because(f"It has {len(files)} files; the limit is {MOST_FILES}."))
    size = max(bytes_so_far, sum(file.file_size or 0 for file in files))
    if size > MOST_BYTES:
        sentence = f"Its files have {size / 1e6:.0f} MB together; the limit is {MOST_BYTES / 1e6:.0f} MB."
        raise Rejected(DOCUMENT_TOO_HEAVY.because(sentence))


def unconvertible(error: Unconvertible, document: Document) -> NotExported | Rejected:
    """Return the outcome of a document that cannot be converted: the first findings, three of them as a sentence."""
    details = _details(error.findings)
    more = f" And {len(error.findings) - 3} more." if len(error.findings) > 3 else ""
    sentence = " ".join(finding.message for finding in error.findings[:3]) + more
    if error.cause is Cause.NOT_AN_INVOICE:
        return NotExported(NOT_AN_INVOICE.because(sentence, **details))
    kind = _kind_of(error.cause, client_issued_it=document.folder == "SALES")
    return Rejected(kind.because(sentence, **details))


def _details(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the first findings, and how many there are if that is not all."""
    kept = [{"rule": one.rule, "message": one.message, "location": one.location} for one in findings[:MOST_FINDINGS]]
    return {"findings": kept} | ({"finding_count": len(findings)} if len(findings) > MOST_FINDINGS else {})


def _kind_of(cause: Cause, *, client_issued_it: bool) -> Kind:
    """The kind that names who acts; the invoice that a client issued is the client's to correct."""
    match cause:
        case Cause.FAULTY if not client_issued_it:
            return DOCUMENT_INVALID
        case Cause.FAULTY | Cause.INCOMPLETE:
            return DOCUMENT_INCOMPLETE
        case Cause.UNSUPPORTED:
            return INVOICE_UNSUPPORTED
        case Cause.UNREADABLE:
            return FILE_UNREADABLE
        case Cause.TOO_HEAVY:
            return DOCUMENT_TOO_HEAVY
        case _:
            return NO_INVOICE_DATA
