"""The migrations against the real server."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE

import pytest
from sqlalchemy import CheckConstraint, text
from sqlalchemy.exc import IntegrityError

from app.storage import db, schema
from app.storage.db import Sessions
from app.storage.models import Base

pytestmark = pytest.mark.slow


async def current(url: str) -> str | None:
    async with db.opened(url) as sessions, sessions() as session:
        return await (await session.connection()).run_sync(schema.current)


async def test_an_empty_database_is_at_no_migration(empty_database_url: str) -> None:
    assert await current(empty_database_url) is None


async def test_migrations_build_from_empty_what_the_models_say(empty_database_url: str) -> None:
    schema.upgrade(empty_database_url)
    schema.upgrade(empty_database_url)
    schema.compare(empty_database_url)
    assert await current(empty_database_url) == schema.newest()


@pytest.mark.parametrize(("used", "completed"), [(False, 1), (True, 0)])
async def test_tokens_are_sealed_for_their_column_at_once_only_in_a_new_database(
    empty_database_url: str, used: bool, completed: int
) -> None:
    schema.upgrade(empty_database_url, to="0007")
    async with db.opened(empty_database_url) as sessions, sessions.begin() as session:
        if used:
            columns, row = "partner_space_id, country, permissions", "gen_random_uuid(), 'be', '{}'"
            await session.execute(text(f"insert into installation ({columns}) values ({row})"))
    schema.upgrade(empty_database_url)
    async with db.opened(empty_database_url) as sessions, sessions() as session:
        assert await session.scalar(text("select count(*) from completed_step")) == completed


async def test_processes_that_migrate_at_the_same_time_all_succeed(empty_database_url: str) -> None:
    migrate = "import sys; from app.storage import schema; schema.upgrade(sys.argv[1])"
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", migrate, empty_database_url, stderr=PIPE)
        for _ in range(3)
    ]
    said = [(await process.communicate())[1].decode()[-500:] for process in started]

    assert [(process.returncode, text) for process, text in zip(started, said, strict=True)] == [(0, "")] * 3
    assert await current(empty_database_url) == schema.newest()


async def test_the_database_checks_every_state_and_kind_of_the_models_in_all_rows(sessions: Sessions) -> None:
    checks = text(
        "select conname, convalidated, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'c' and connamespace = 'public'::regnamespace"
    )
    async with sessions() as session:
        standing = {name: (validated, values(check)) for name, validated, check in await session.execute(checks)}

    modelled = {
        str(check.name): (True, values(str(check.sqltext)))
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert len(modelled) > 10
    assert standing == modelled


def values(check: str) -> set[str]:
    """The values that a check of a state lets pass."""
    return set(re.findall(r"'([^']*)'", check))


async def test_a_state_that_is_none_is_refused(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError, match="ck_message_outcome"):
        async with sessions.begin() as session:
            await session.execute(text("insert into message (id, outcome) values ('1', 'lost')"))
