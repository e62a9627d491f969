"""Run a folder through conversion, print the counts, write the report."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from benchmarks.corpus import official
from benchmarks.corpus.folder import candidates
from benchmarks.corpus.outcome import outcome
from benchmarks.corpus.report import report
from benchmarks.corpus.tally import Kind, Tally

_SHOWN = 15
_CHUNK = 8


def main() -> int:
    """Return 1 if conversion crashed or the official rules refuse what it wrote."""
    arguments = _arguments()
    documents = list(candidates(arguments.folder))
    if not documents:
        print(f"There is no UBL, CII, PDF or Banqup JSON in {arguments.folder}.")
        return 1
    with ProcessPoolExecutor() as pool:
        outcomes = list(pool.map(partial(outcome, on=arguments.on), documents, chunksize=_CHUNK))
    tally, checked = Tally(outcomes), bool(official.at_hand())
    _print(tally)
    page = report(tally, folder=arguments.folder.resolve(), on=arguments.on, official=checked)
    arguments.report.write_text(page, encoding="utf-8")
    print(f"\nThe report is {arguments.report}.")
    return 1 if tally.by_grade["crashed"] or tally.officially_refused else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--report", type=Path, default=Path("corpus.html"))
    parser.add_argument("--on", type=date.fromisoformat, default=datetime.now(UTC).date(), help="rules of this day")
    return parser.parse_args()


def _print(tally: Tally) -> None:
    _rows(f"{len(tally.outcomes)} documents", tally.by_grade.most_common())
    _rows("refused, by cause", tally.by_cause.most_common())
    _rows("refused, by rules", tally.by_rules.most_common(_SHOWN))
    _rows("reasons", _examples(tally.by_reason))
    _rows("losses", _examples(tally.by_loss))
    _rows("slowest, in ms", [(one.name, round(1000 * one.seconds)) for one in tally.slowest])
    _rows("crashed", [(f"{one.name}: {one.crash}", 1) for one in tally.outcomes if one.crash])
    _rows("refused by the official rules", [(f"{one.name}: {one.official}", 1) for one in tally.officially_refused])


def _examples(kinds: list[Kind]) -> list[tuple[str, int]]:
    return [(kind.example, kind.times) for kind in kinds[:_SHOWN]]


def _rows(title: str, rows: list[tuple[str, int]]) -> None:
    if rows:
        print(f"\n{title}")
    for what, times in rows:
        print(f"{times:8,}  {what[:160]}")


if __name__ == "__main__":
    sys.exit(main())
