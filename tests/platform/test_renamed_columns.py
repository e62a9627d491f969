"""The previous version and this one share the table of exports while a release rolls out."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from app.storage import schema

pytestmark = pytest.mark.slow

Row = dict[str, object]

# What the previous version relies on: a queue of one lane, in these words.
OLD_ROWS = """
with place as (
    insert into installation (partner_space_id, country, permissions) values (gen_random_uuid(), 'be', '{}')
    returning id
), road as (
    insert into lane (installation_id, division) select id, 1 from place returning id, installation_id
), standing as (
    insert into activation (installation_id, business_space_id, lane_id, division, company_code, company_name, route)
    select installation_id, gen_random_uuid(), id, 1, '1', 'Garage', 'documents' from road
    returning id, installation_id, lane_id, business_space_id
)
insert into export (id, installation_id, lane_id, activation_id, business_space_id, document_id, division, trigger,
    eligible_from, status, holds, looks, follows, follow_at)
select (item->>'id')::uuid, installation_id, lane_id, standing.id, business_space_id, gen_random_uuid(), 1, 'approved',
    now(), item->>'status', (item->>'holds')::bool, (item->>'looks')::int, (item->>'follows')::int,
    case when (item->>'follows')::int > 0 then now() end
from standing, jsonb_array_elements(%s) item
"""
BLOCKING, ASIDE, POSTED, ENDED = (str(uuid4()) for _ in range(4))
ROWS: list[Row] = [
    {"id": BLOCKING, "status": "queued", "holds": True, "looks": 1, "follows": 0},
    {"id": ASIDE, "status": "queued", "holds": False, "looks": 0, "follows": 0},
    {"id": POSTED, "status": "ready_to_process", "holds": True, "looks": 0, "follows": 3},
    {"id": ENDED, "status": "error", "holds": False, "looks": 1, "follows": 0},
]


@pytest.fixture
def exports(empty_database_url: str) -> Iterator[psycopg.Connection[Row]]:
    """Rows that the previous version has left, in a database that was migrated under it."""
    schema.upgrade(empty_database_url, to="0001")
    with psycopg.connect(
        empty_database_url.replace("+psycopg", ""), autocommit=True, row_factory=dict_row
    ) as connection:
        connection.execute(OLD_ROWS, [Jsonb(ROWS)])
        schema.upgrade(empty_database_url)
        yield connection


def pairs(exports: psycopg.Connection[Row], export_id: str) -> list[tuple[object, object]]:
    row = exports.execute("select * from export where id = %s", [export_id]).fetchone()
    assert row is not None
    renamed = {"holds": "blocks_lane", "looks": "lookup_count", "follows": "status_checks"}
    return [(row[old], row[new]) for old, new in renamed.items()]


def write(exports: psycopg.Connection[Row], export_id: str, assignment: str) -> None:
    exports.execute(f"update export set {assignment} where id = '{export_id}'")


def test_what_is_under_way_keeps_its_place_and_its_counts(exports: psycopg.Connection[Row]) -> None:
    assert pairs(exports, BLOCKING) == [(True, True), (1, 1), (0, 0)]
    assert pairs(exports, ASIDE) == [(False, False), (0, 0), (0, 0)]
    assert pairs(exports, POSTED) == [(True, True), (0, 0), (3, 3)]


@pytest.mark.parametrize("column", ["holds", "blocks_lane"])
def test_stepping_aside_and_back_reaches_both_versions(exports: psycopg.Connection[Row], column: str) -> None:
    write(exports, BLOCKING, f"{column} = false")
    assert pairs(exports, BLOCKING)[0] == (False, False)

    write(exports, BLOCKING, f"{column} = true")
    assert pairs(exports, BLOCKING)[0] == (True, True)


@pytest.mark.parametrize("column", ["looks", "lookup_count"])
def test_a_counted_lookup_reaches_both_versions(exports: psycopg.Connection[Row], column: str) -> None:
    write(exports, BLOCKING, f"{column} = {column} + 1")
    assert pairs(exports, BLOCKING)[1] == (2, 2)

    write(exports, BLOCKING, f"{column} = 0")
    assert pairs(exports, BLOCKING)[1] == (0, 0)


@pytest.mark.parametrize("column", ["follows", "status_checks"])
def test_a_counted_status_check_reaches_both_versions(exports: psycopg.Connection[Row], column: str) -> None:
    write(exports, POSTED, f"{column} = {column} + 1")
    assert pairs(exports, POSTED)[2] == (4, 4)


@pytest.mark.parametrize("column", ["holds", "blocks_lane"])
def test_an_ended_export_that_is_queued_again_blocks_its_lane_for_both_versions(
    exports: psycopg.Connection[Row], column: str
) -> None:
    write(exports, ENDED, f"status = 'queued', {column} = true")
    assert pairs(exports, ENDED)[0] == (True, True)


def test_a_write_to_other_columns_changes_no_pair(exports: psycopg.Connection[Row]) -> None:
    for export_id in (BLOCKING, ASIDE, POSTED):
        before = pairs(exports, export_id)
        write(exports, export_id, "due_at = now(), reason = null")
        assert pairs(exports, export_id) == before


def test_a_new_export_of_the_previous_version_starts_in_line(exports: psycopg.Connection[Row]) -> None:
    exports.execute("""insert into export (installation_id, lane_id, activation_id, business_space_id, document_id,
        division, trigger, eligible_from) select installation_id, lane_id, activation_id, business_space_id,
        gen_random_uuid(), division, trigger, now() from export limit 1""")
    newest = exports.execute("select id from export order by sequence desc limit 1").fetchone()
    assert newest is not None
    assert pairs(exports, str(newest["id"])) == [(True, True), (0, 0), (0, 0)]
