"""Secrets at rest: a key that is missing is waited for, and rotation loses nothing."""

import base64
import getpass

import pytest
from sqlalchemy import delete, select

from app.crypto import CannotOpen, Sealer
from app.errors import TryLater
from app.exact import sealed_pair
from app.exact.account import account_of
from app.exact.apps import app_in
from app.exact.tokens import Tokens
from app.processes import resealing
from app.storage.models import AuditLine, CompletedStep, NotificationTarget, TokenChain
from tests.service.invoices import invoice
from tests.service.world import SECRET_KEY as OLD
from tests.service.world import World, built

NEW = base64.b64encode(b"n" * 32).decode()


async def chain_of(world: World) -> TokenChain:
    async with world.sessions() as session:
        return (await session.scalars(select(TokenChain))).one()


def sealer_of(*keys: str) -> Sealer:
    return Sealer([base64.b64decode(key) for key in keys])


def tokens_with(world: World, *keys: str) -> Tokens:
    """The tokens as another process with these keys has them."""
    return Tokens(world.sessions, http=world.exporter.http, sealer=sealer_of(*keys), clock=world.clock)


@pytest.mark.parametrize("age", [0, 580])
async def test_a_process_without_the_key_waits_and_erases_nothing(world: World, age: int) -> None:
    await world.connected()
    await world.advance(age)
    before = await chain_of(world)
    app, account = app_in(world.settings, "be"), account_of(before)

    with pytest.raises(TryLater) as waits:
        await tokens_with(world, NEW).current(app, account)

    after = await chain_of(world)
    assert (waits.value.reason.kind.code, waits.value.lane) == ("secret_key_missing", True)
    assert (after.access_token, after.refresh_token) == (before.access_token, before.refresh_token)
    assert await world.exporter.tokens.current(app, account)


async def test_a_worker_without_the_key_does_not_refresh_idle_sign_ins(world: World) -> None:
    await world.connected()
    await world.advance(8 * 24 * 3600)

    assert await tokens_with(world, NEW).idle() == []
    assert len(await world.exporter.tokens.idle()) == 1


async def test_documents_wait_for_the_key_and_go_on_with_it(world: World, database_url: str) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    async with built(world.sandbox, database_url, secret_keys=NEW) as without:
        await without.process()
        waiting = await without.export(document)

    assert (waiting.status, (waiting.reason or {})["code"]) == ("queued", "secret_key_missing")
    await world.advance(61)
    await world.process()
    assert (await world.export(document)).status == "ready_to_process"


async def test_a_token_does_not_open_in_the_place_of_the_other(world: World) -> None:
    await world.connected()
    chain = await chain_of(world)
    chain.access_token = chain.refresh_token

    with pytest.raises(CannotOpen):
        sealed_pair.open_(sealer_of(OLD), chain, "access_token")


async def test_a_pair_sealed_by_an_earlier_version_opens_and_is_sealed_by_column_when_resealed(world: World) -> None:
    await world.connected()
    sealer, row = sealer_of(OLD), account_of(await chain_of(world)).row
    async with world.sessions.begin() as session:
        chain = (await session.scalars(select(TokenChain))).one()
        chain.access_token, chain.refresh_token = sealer.seal("a", row=row), sealer.seal("r", row=row)

    assert sealed_pair.open_(sealer, await chain_of(world), "refresh_token") == "r"
    await resealing.reseal(world.settings.expect_database_url(), sealer)
    resealed = await chain_of(world)
    assert sealed_pair.open_(sealer, resealed, "access_token") == "a"
    assert resealed.access_token is not None
    with pytest.raises(CannotOpen):
        sealer.open(resealed.access_token, row=row)


async def forget_step(world: World) -> None:
    """As after an upgrade of a database that the previous version has used."""
    async with world.sessions.begin() as session:
        await session.execute(delete(CompletedStep))


def forms(chain: TokenChain) -> set[str]:
    """For what the tokens are sealed: the previous version opens those of the row alone."""
    sealer, row = sealer_of(OLD), account_of(chain).row
    found = set()
    for kind in sealed_pair.KINDS:
        try:
            sealer.open(getattr(chain, kind), row=row)
            found.add("row")
        except CannotOpen:
            found.add("column")
    return found


async def test_a_new_installation_seals_for_the_column_at_once(world: World) -> None:
    await world.connected()
    assert forms(await chain_of(world)) == {"column"}


async def test_beside_the_previous_version_pairs_are_sealed_so_that_it_opens_them_until_the_step(world: World) -> None:
    await forget_step(world)
    await world.connected()
    signed_in = await chain_of(world)
    app, account = app_in(world.settings, "be"), account_of(signed_in)
    await world.advance(580)
    await world.exporter.tokens.current(app, account)
    refreshed = await chain_of(world)
    assert (forms(signed_in), forms(refreshed)) == ({"row"}, {"row"})
    assert refreshed.generation == signed_in.generation + 1

    await resealing.reseal(world.settings.expect_database_url(), sealer_of(OLD))
    resealed = await chain_of(world)
    await world.advance(580)
    assert await world.exporter.tokens.current(app, account)
    assert (forms(resealed), forms(await chain_of(world))) == ({"column"}, {"column"})


async def test_resealing_leaves_a_line_in_the_audit_log(world: World) -> None:
    await world.connected()
    await resealing.reseal(world.settings.expect_database_url(), sealer_of(NEW, OLD))
    old, new = (sealer_of(key).key_ids[0].hex() for key in (OLD, NEW))
    async with world.sessions() as session:
        line = (await session.scalars(select(AuditLine).where(AuditLine.installation_id.is_(None)))).one()
    assert (line.action, line.actor_kind, line.actor) == ("secrets_resealed", "operator", getpass.getuser())
    assert (line.before, line.after) == ({old: 2}, {"key": new})


async def test_resealing_leaves_nothing_to_the_old_key_and_names_what_it_cannot_open(world: World) -> None:
    partner = await world.connected()
    installation = await world.connection(partner)
    assert installation is not None
    await world.exporter.notifier.set_target(installation.installation_id, "https://93.184.215.14/hook")
    url = world.settings.expect_database_url()

    unknown = await resealing.reseal(url, sealer_of(NEW))
    assert (unknown.done, unknown.unopened) == (0, 3)
    both = await resealing.reseal(url, sealer_of(NEW, OLD))
    assert (both.done, both.unopened) == (3, 0)

    async with world.sessions() as session:
        target = (await session.scalars(select(NotificationTarget))).one()
    chain = await chain_of(world)
    sealed = {value[:4] for value in (target.secret, chain.access_token, chain.refresh_token) if value}
    assert sealed == set(sealer_of(NEW).key_ids)
    assert await tokens_with(world, NEW).current(app_in(world.settings, "be"), account_of(chain))
