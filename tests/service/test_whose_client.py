"""A partner activates their own clients and no others: Banqup is asked."""

import asyncio
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app import cli
from app.errors import Problem
from app.onboarding import ClientBinding
from app.storage.models import AuditLine
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = ClientBinding(company_code="3")


async def space_of(world: World, partner: UUID) -> UUID:
    space = await world.sandbox.banqup.space(partner_space_id=str(partner), name="Client")
    return UUID(space["id"])


async def refused(world: World, partner: UUID, client: UUID) -> tuple[int, str]:
    with pytest.raises(Problem) as problem:
        await world.onboarding.activate(partner, client, GARAGE)
    return problem.value.reason.kind.status, problem.value.reason.kind.code


async def test_the_inactive_client_of_another_partner_is_a_404_and_stays_free_for_its_owner(world: World) -> None:
    owner, thief = await world.connected("anna"), await world.connected("bram")
    client = await space_of(world, owner)
    assert await refused(world, thief, client) == (404, "not_found")
    _, new = await world.onboarding.activate(owner, client, GARAGE)
    assert new
    assert (await world.activation(client)).business_space_id == client


async def test_a_space_that_banqup_does_not_know_is_a_404(world: World) -> None:
    assert await refused(world, await world.connected(), uuid4()) == (404, "not_found")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("html_503", (503, "banqup_unavailable")), ("unauthorized_401", (502, "banqup_refuses_app"))],
)
async def test_a_banqup_that_does_not_say_activates_nobody(world: World, fault: str, expected: tuple[int, str]) -> None:
    partner = await world.connected()
    client = await space_of(world, partner)
    await world.sandbox.banqup.fault(fault, endpoint="clients")
    assert await refused(world, partner, client) == expected


async def test_a_client_that_moved_to_another_partner_is_no_longer_changed_by_the_first(world: World) -> None:
    first = await world.connected()
    client = await world.client(first)
    await world.sandbox.banqup.patch(f"/sandbox/spaces/{client}", {"partner_space_id": str(uuid4())})
    assert await refused(world, first, client) == (404, "not_found")


async def test_the_operator_releases_a_client_for_its_owner_and_the_audit_log_says_so(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, owner = await world.connected("anna"), await world.connected("bram")
    client = await world.client(first)
    document = await world.approved(client, invoice())
    await world.sandbox.banqup.patch(f"/sandbox/spaces/{client}", {"partner_space_id": str(owner)})
    monkeypatch.setenv("DATABASE_URL", database_url)
    done = await asyncio.to_thread(CliRunner().invoke, cli.main, ["clients", "release", str(client)])
    assert (done.exit_code, str(first) in done.output) == (0, True), done.output
    export = await world.export(document)
    assert (export.status, export.reason and export.reason["code"]) == ("not_exported", "deactivated")
    async with world.sessions() as session:
        line = (await session.scalars(select(AuditLine).where(AuditLine.action == "client_released"))).one()
    assert (line.actor_kind, line.subject, line.before and line.before["company_code"]) == (
        "operator",
        str(client),
        "3",
    )
    again = await asyncio.to_thread(CliRunner().invoke, cli.main, ["clients", "release", str(client)])
    assert (again.exit_code, "is not active" in again.output) == (1, True)
