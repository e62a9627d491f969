"""What becomes of one document."""

import time
from dataclasses import dataclass, field
from datetime import date

from app.convert import Conversion, Unconvertible, convert
from benchmarks.corpus import official
from benchmarks.corpus.folder import Candidate


@dataclass(frozen=True)
class Outcome:
    """One document: its grade, or the cause of its refusal."""

    name: str
    seconds: float
    grade: str | None = None
    origin: str = ""
    number: str = ""
    total: str = ""
    cause: str | None = None
    losses: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()  # rule, sentence
    official: tuple[str, ...] = field(default=())  # official rules that refuse what we wrote
    crash: str | None = None


def outcome(candidate: Candidate, on: date) -> Outcome:
    """Convert a document as it is on a day."""
    start = time.perf_counter()
    try:
        conversion = convert(candidate.document(), candidate.contents(), on=on)
    except Unconvertible as refusal:
        reasons = tuple((finding.rule, finding.message) for finding in refusal.findings)
        took = time.perf_counter() - start
        return Outcome(candidate.name, took, cause=refusal.cause.value, reasons=reasons)
    except Exception as error:  # whatever conversion does not foresee is what the run is for
        return Outcome(candidate.name, time.perf_counter() - start, crash=f"{type(error).__name__}: {error}"[:500])
    return _converted(candidate.name, conversion, seconds=time.perf_counter() - start)


def _converted(name: str, conversion: Conversion, *, seconds: float) -> Outcome:
    summary, rules = conversion.summary, official.at_hand()
    return Outcome(
        name,
        seconds,
        grade=conversion.grade.value,
        origin=conversion.origin,
        number=summary.number,
        total=f"{summary.total_with_vat} {summary.currency}",
        losses=conversion.losses,
        official=tuple(rules.refusals(conversion.ubl, grade=conversion.grade)) if rules else (),
    )
