"""One release is in force on each day; a later release states only its changes."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from app.peppol.rules.release import Release
from app.peppol.rules.releases import RELEASES, release_on
from app.peppol.rules.releases.v3_0_22 import V3_0_22
from tests.peppol.rules.samples import BUYER, INVOICE, LINE, changed

GUIDE = Path(__file__).parents[3] / "docs" / "peppol-releases.md"
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2020, 1, 1), "3.0.21"),
        (date(2026, 5, 18), "3.0.21"),
        (date(2026, 11, 23), "3.0.21"),  # 3.0.22 is published and not yet mandatory
        (date(2027, 2, 23), "3.0.21"),
        (date(2027, 2, 24), "3.0.22"),
        (date(2040, 1, 1), "3.0.22"),
    ],
)
def test_a_release_is_in_force_from_its_day_until_the_next_one(day: date, name: str) -> None:
    assert release_on(day).name == name


def test_the_releases_are_listed_oldest_first_with_unique_names() -> None:
    days = [release.mandatory_from for release in RELEASES]

    assert days == sorted(set(days))
    assert len({release.name for release in RELEASES}) == len(RELEASES)


def test_the_guide_lists_every_release_with_its_day() -> None:
    rows = re.findall(r"^\| ([\d.]+) \| ([\d-]+) \|", GUIDE.read_text(), re.MULTILINE)

    assert rows == [(release.name, release.mandatory_from.isoformat()) for release in RELEASES]


def _rules(release: Release, xml: bytes) -> set[tuple[str, str]]:
    return {(finding.rule, finding.severity) for finding in release.billing.check(etree.fromstring(xml))}


def test_the_example_in_the_guide_changes_what_it_states_and_nothing_else() -> None:
    code = EXAMPLE.search(GUIDE.read_text())
    assert code
    names = {
        "Release": Release,
        "V3_0_22": V3_0_22,
        "_CODES": V3_0_22.billing.profile.codes,
        "date": date,
        "replace": replace,
    }
    exec(re.sub(r"^   ", "", code[1], flags=re.MULTILINE), names)
    added = names["V3_0_23"]
    assert isinstance(added, Release)

    strange_means = changed(INVOICE, ("cac:PaymentMeans/cbc:PaymentMeansCode", "99"))
    wrong_vat = changed(INVOICE, (f"{BUYER}/cac:PartyTaxScheme/cbc:CompanyID", "BE0403170702"))
    no_price = changed(INVOICE, (f"{LINE}/cac:Price", None))
    assert ("BR-CL-16", "fatal") in _rules(V3_0_22, strange_means)
    assert ("BR-CL-16", "fatal") not in _rules(added, strange_means)
    assert ("PEPPOL-COMMON-R062", "warning") in _rules(V3_0_22, wrong_vat)
    assert ("PEPPOL-COMMON-R062", "fatal") in _rules(added, wrong_vat)
    assert _rules(added, no_price) == _rules(V3_0_22, no_price) != set()
