"""The handbook for operators, held to the code."""

import re
from pathlib import Path

import pytest

from app import reasons
from app.api.metrics import _GaugeCollector
from app.metrics import REGISTRY
from app.queries.gauges import Figures
from app.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
PREFIX = "banqup_exact_"
FIGURES = Figures(
    installations={"active": 1},
    connections={"connected": 1},
    clients=1,
    exports={"queued": 1},
    grades={"peppol": 1},
    waiting_most=0,
    waiting_oldest=0,
    lanes=1,
    lanes_leased=0,
    lanes_overdue=0,
    lanes_stuck=0,
    lanes_blocked={},
    calls_today=0,
    calls_today_most=0,
    unknown_key=0,
)


def first_cells(heading: str) -> set[str]:
    """The names in the first column of the tables below a heading."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}


def test_the_settings_table_names_every_setting_and_no_other() -> None:
    assert first_cells("Settings") == {name.upper() for name in Settings.model_fields}


def test_the_metrics_tables_name_every_metric_and_no_other() -> None:
    counters = {metric.name + ("_total" if metric.type == "counter" else "") for metric in REGISTRY.collect()}
    gauges = {metric.name for metric in _GaugeCollector(FIGURES).collect()}
    assert {PREFIX + name for name in first_cells("Metrics")} == counters | gauges


@pytest.mark.parametrize("code", ["connection", "rate_limit", "circuit_open", "exact_unavailable", "gave_up"])
def test_the_codes_that_exports_wait_for_are_explained(code: str) -> None:
    assert code in {kind.code for kind in reasons.KINDS}
    assert f"`{code}`" in TEXT
