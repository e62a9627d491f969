"""Convert a Banqup document and its files to valid Peppol BIS Billing or Self-billing 3.0."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from app.banqup.schemas import Document
from app.convert import banqup, foreign, refusals, summary
from app.convert.conversion import Cause, Conversion, File, Summary, Unconvertible, briefly
from app.convert.drafts import checked, written
from app.convert.parties import Known, known_by_banqup
from app.peppol.findings import is_fatal
from app.peppol.grade import Grade
from app.peppol.readers import Reading
from app.peppol.rules import validate
from app.peppol.rules.releases import release_on
from app.peppol.xml import Unreadable, parse

_FINAL = frozenset({Cause.NOT_AN_INVOICE, Cause.FAULTY, Cause.UNSUPPORTED})


def convert(document: Document, files: Sequence[File], *, on: date) -> Conversion:
    """Return the document as UBL that the rules in force on that day accept.

    What is nearest to the original goes first: valid UBL as it came, other structured files, Banqup's own data. A file
    that only lacks an electronic address goes before Banqup's data, which say less.

    Raises:
        Unconvertible: no source becomes valid; with the reasons for each.
    """
    if document.kind is None:
        raise refusals.other_category(document)
    attempt = _Attempt(document, files, on)
    return attempt.from_files() or attempt.from_data()


@dataclass
class _Attempt:
    """One document, with the refusals so far and a sentence for each unused file."""

    document: Document
    files: Sequence[File]
    on: date
    refusals: list[Unconvertible] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    @cached_property
    def _known(self) -> Known:
        """The parties as Banqup knows them, to complete a file."""
        about = self.document.metadata
        seller, buyer = banqup.seller(about.supplier, losses=[]), banqup.buyer(about.customer, losses=[])
        return known_by_banqup(seller, buyer, profile=release_on(self.on).billing.profile)

    def _pass_over(self, file: File, refusal: Unconvertible) -> None:
        """Record why a file is not used; a PDF that cannot be opened is attached all the same.

        Raises `Unconvertible` for one that is too heavy: what else the document holds is no reason to go on.
        """
        if refusal.cause is Cause.TOO_HEAVY:
            raise refusal
        self.refusals.append(refusal)
        if refusal.cause is not Cause.NO_DATA:
            self.losses.append(f"The file {file.filename} could not be used: {refusal}")

    def from_files(self) -> Conversion | None:
        """Return the first file that becomes Peppol, else the first that becomes EN 16931."""
        best: Conversion | None = None
        for candidates in foreign.candidates(self.files):
            sources = self._opened(candidates)
            found = self._untouched(sources) or self._converted(sources)
            if found and found.grade is Grade.PEPPOL:
                return found
            best = best or found
        return best

    def _opened(self, files: Sequence[File]) -> list[foreign.Source]:
        """Return the invoices in the files."""
        found: list[foreign.Source] = []
        for file in files:
            try:
                found += foreign.opened(file)
            except Unreadable as error:
                self._pass_over(file, refusals.unreadable(error))
        return found

    def _untouched(self, sources: Sequence[foreign.Source]) -> Conversion | None:
        """Return the first UBL that the rules accept as it is, with the readable PDF beside it."""
        for source in sources:
            if source.origin == "ubl" and (found := _as_it_came(source, self.files, on=self.on)):
                return found
        return None

    def _converted(self, sources: Sequence[foreign.Source]) -> Conversion | None:
        """Return the first source that becomes Peppol through the model, else the first that becomes EN 16931."""
        best: Conversion | None = None
        for source in sources:
            try:
                found = self._from_source(source)
            except Unconvertible as refusal:
                self._pass_over(source.file, refusal)
            else:
                if found.grade is Grade.PEPPOL:
                    return found
                best = best or found
        return best

    def _from_source(self, source: foreign.Source) -> Conversion:
        others = [file for file in self.files if file is not source.file or file.role == "PDF"]
        try:
            draft = written(source.read(), others, known=self._known, on=self.on)
        except Unreadable as error:
            raise refusals.unreadable(error) from error
        return checked(draft, origin=source.origin, on=self.on, losses=self.losses)

    def from_data(self) -> Conversion:
        """Return Banqup's own data through the model, unless a file states that it is not an invoice.

        Raises:
            Unconvertible: with the reasons against the files, too.
        """
        causes = {refusal.cause for refusal in self.refusals}
        if Cause.NOT_AN_INVOICE in causes or (causes & _FINAL and not self.document.lines):
            raise refusals.together(self.refusals)
        if not self.document.has_amounts:
            found = [] if causes - {Cause.NO_DATA} else [refusals.no_data(self.files)]
            raise refusals.together([*self.refusals, *found])
        try:
            draft = written(_read(self.document), self.files, known=None, on=self.on)
            return checked(draft, origin="banqup", on=self.on, losses=self.losses)
        except Unconvertible as refusal:
            raise refusals.together([*self.refusals, refusal]) from refusal


def _as_it_came(source: foreign.Source, files: Sequence[File], *, on: date) -> Conversion | None:
    """Return the UBL of a file if the rules accept it."""
    try:
        root = parse(source.invoice.xml)
    except Unreadable:
        return None
    findings = validate(root, on=on)
    if is_fatal(findings):
        return None
    about = summary.of_ubl(root)
    return Conversion(
        ubl=source.invoice.xml,
        origin="untouched",
        summary=about,
        losses=briefly((*source.invoice.losses, *_remarks(about), *_left_behind(files))),
        findings=tuple(findings),
        pdf=next((file for file in files if file.role == "PDF"), None),
    )


def _remarks(about: Summary) -> list[str]:
    """Return what to know about a UBL that stays as it came: in BIS a negative credit note takes back a credit."""
    if not about.is_credit_note or (about.total_with_vat or 0) >= 0:
        return []
    said = (
        f"The total of the credit note is negative ({about.total_with_vat}): by Peppol's rules it takes back a credit."
    )
    return [f"{said} If the supplier means a credit, correct the sign in Exact."]


def _left_behind(files: Sequence[File]) -> list[str]:
    """Return a sentence for each file that untouched UBL cannot carry; one PDF goes beside it."""
    pdfs = [file for file in files if file.role == "PDF"]
    others = [file for file in files if file.role not in ("UBL", "CII", "PDF")]
    return [f"The file {file.filename} is not sent along: the UBL goes out as it came." for file in pdfs[1:] + others]


def _read(document: Document) -> Reading:
    losses: list[str] = []
    return Reading(banqup.invoice(document, losses=losses), tuple(losses))
