"""The migrations against the real server."""

from app.storage import db, schema


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
