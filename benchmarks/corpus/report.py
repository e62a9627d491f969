"""The report of a run, as a page that needs nothing beside it."""

from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.corpus.tally import Tally

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)


def report(tally: Tally, *, folder: Path, on: date, official: bool) -> str:
    """Return the page: the counts first, then every document with its losses or reasons."""
    page = _PAGES.get_template("report.html")
    return page.render(tally=tally, folder=folder.name, on=on, official=official)
