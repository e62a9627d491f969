"""One Exact account, one space: sign-ins, lost connections, supersedes and what waits meanwhile."""

import asyncio
import base64
import json
import sys
from asyncio.subprocess import PIPE
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.errors import Problem
from app.onboarding import ClientBinding
from app.queries import records
from app.queue import exports, lanes
from app.storage.models import Activation, Connection, Export, Installation, TokenAttempt, TokenChain
from tests.service.invoices import invoice
from tests.service.refreshing import TASKS
from tests.service.world import World, built, environment_of

GARAGE = 100003


async def chain(world: World) -> TokenChain:
    async with world.sessions() as session:
        return (await session.scalars(select(TokenChain))).one()


async def state(world: World, partner: UUID) -> str:
    connection = await world.connection(partner)
    return connection.state if connection else "missing"


async def test_a_sign_in_is_shown_by_name_and_stored_sealed(world: World) -> None:
    partner = await world.installed()

    signed_in = await world.sign_in(partner)

    assert (signed_in.partner_space_id, signed_in.full_name) == (partner, "Anna Peeters")
    stored = await chain(world)
    assert b"stamp" not in (stored.access_token or b"")
    assert await state(world, partner) == "connected"


async def test_a_state_is_used_once(world: World) -> None:
    partner = await world.installed()
    callback = await world.callback(partner)
    await world.sign_in_flow.finish(**callback)

    with pytest.raises(Problem) as refused:
        await world.sign_in_flow.finish(**callback)

    assert refused.value.reason.kind.code == "sign_in_stale"


async def test_a_state_ends_after_ten_minutes(world: World) -> None:
    partner = await world.installed()
    callback = await world.callback(partner)
    await world.advance(601)

    with pytest.raises(Problem) as refused:
        await world.sign_in_flow.finish(**callback)

    assert refused.value.reason.kind.code == "sign_in_stale"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "forged"}, "sign_in_stale"),
        ({"code": None, "error": "access_denied"}, "sign_in_denied"),
        ({"code": "stampNL001.unknown"}, "sign_in_refused"),
    ],
)
async def test_each_wrong_callback_has_its_own_reason(world: World, change: dict[str, str], code: str) -> None:
    partner = await world.installed()
    callback = await world.callback(partner) | change

    with pytest.raises(Problem) as refused:
        await world.sign_in_flow.finish(**callback)

    assert refused.value.reason.kind.code == code
    assert await state(world, partner) == "missing"


async def test_a_second_space_supersedes_the_first_whose_documents_wait_and_go_out_after_its_new_sign_in(
    world: World,
) -> None:
    first, second = await world.connected("anna"), await world.installed()
    client = await world.client(first, "3")
    await world.sign_in(second, "anna")
    document = await world.approved(client, invoice())

    await world.process()
    assert (await state(world, first), await state(world, second)) == ("superseded", "connected")
    assert (await world.export(document)).status == "queued"
    assert await world.sandbox.exact.arrived(GARAGE) == []

    await world.sandbox.exact.patch("/sandbox/users/bram", {"companies": [300001, GARAGE]})
    await world.sign_in(first, "bram")
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"
    assert (await state(world, first), await state(world, second)) == ("connected", "connected")


async def test_what_waits_for_a_connection_says_so(world: World) -> None:
    first, second = await world.connected("anna"), await world.installed()
    client = await world.client(first, "3")
    await world.sign_in(second, "anna")
    document = await world.approved(client, invoice())

    async with world.sessions() as session:
        export = await world.export(document)
        record = await records.one(session, export.installation_id, export.id)

    assert record is not None
    assert (record.waits_for or {})["code"] == "connection_superseded"
    assert record.until is None


async def test_an_old_access_token_is_refreshed_before_it_ends(world: World) -> None:
    client = await world.client(await world.connected())
    await world.advance(580)
    document = await world.approved(client, invoice())

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"
    assert (await chain(world)).generation == 2


async def test_a_chain_that_is_lost_needs_a_sign_in_and_everything_waits_until_then(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    for killed in await world.sandbox.exact.get("/sandbox/chains"):
        await world.sandbox.exact.post(f"/sandbox/chains/{killed['id']}/kill")
    await world.advance(580)
    document = await world.approved(client, invoice())

    await world.process()
    assert await state(world, partner) == "needs_sign_in"
    assert (await world.export(document)).status == "queued"
    assert (await chain(world)).refresh_token is None

    await world.sign_in(partner)
    await world.process()
    assert (await world.export(document)).status == "ready_to_process"


@pytest.mark.parametrize("fault", ["old_token", "expired_refresh_token"])
@pytest.mark.parametrize("status", [400, 401])
async def test_every_wording_of_a_lost_chain_needs_a_sign_in(world: World, fault: str, status: int) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    await world.advance(580)
    await world.sandbox.exact.fault(fault, endpoint="oauth2/token", status=status)
    await world.approved(client, invoice())

    await world.process()

    assert await state(world, partner) == "needs_sign_in"


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refresh_that_exact_finds_too_early_keeps_the_token_in_use(world: World, status: int) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    await world.sandbox.exact.settings(too_early_status=status)
    world.clock.offset += timedelta(seconds=580)  # our clock runs ahead of Exact's
    document = await world.approved(client, invoice())

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"
    assert await state(world, partner) == "connected"


@pytest.mark.parametrize("fault", ["lost_answer", "reset_before", "server_error_500", "html_503", "html_200"])
async def test_a_refresh_without_an_answer_is_retried_and_a_lost_pair_is_notified(world: World, fault: str) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    await world.advance(601)
    await world.sandbox.exact.fault(fault, endpoint="oauth2/token", times=1)
    document = await world.approved(client, invoice())

    for _ in range(3):
        await world.process()
        await world.advance(60)

    expected = "needs_sign_in" if fault == "lost_answer" else "connected"
    assert await state(world, partner) == expected
    status = (await world.export(document)).status
    assert status == ("queued" if fault == "lost_answer" else "ready_to_process")


async def test_many_tasks_of_two_processes_refresh_a_chain_once(world: World) -> None:
    partner = await world.connected()
    await world.client(partner)
    await world.advance(580)

    first, second = await asyncio.gather(asked_elsewhere(world), asked_elsewhere(world))

    assert len({*first, *second}) == 1
    assert len(first) == len(second) == TASKS
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(TokenAttempt)) == 1
    assert await state(world, partner) == "connected"


async def asked_elsewhere(world: World) -> list[str]:
    """The tokens that a process of its own is given."""
    values = environment_of(world.sandbox, world.settings.expect_database_url())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.service.refreshing"), stdin=PIPE, stdout=PIPE
    )
    wanted = {"settings": values, "offset_seconds": world.clock.offset.total_seconds()}
    given, _ = await process.communicate(json.dumps(wanted).encode())
    return list(json.loads(given.splitlines()[-1]))


async def test_an_idle_connection_is_refreshed_long_before_thirty_days(world: World) -> None:
    partner = await world.connected()
    for _ in range(6):
        await world.advance(8 * 86400)
        await world.exporter.keep_connections_alive()

    assert await state(world, partner) == "connected"
    assert (await chain(world)).generation == 7


async def test_disconnecting_erases_the_tokens_and_what_waits_goes_on_waiting(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    await world.sign_in_flow.disconnect(partner, confirmed=True)
    document = await world.approved(client, invoice())

    await world.process()

    assert (await world.export(document)).status == "queued"
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(TokenChain)) == 0


async def test_uninstalling_erases_the_tokens_ends_the_clients_and_keeps_the_history(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())

    await world.onboarding.uninstall(partner, confirmed=True)
    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("not_exported", "deactivated")
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(TokenChain)) == 0
        assert await session.scalar(select(func.count()).select_from(Connection)) == 0
        running = select(func.count()).select_from(Activation).where(Activation.ended_at.is_(None))
        assert await session.scalar(running) == 0


async def test_switching_off_asks_first_and_then_stops_what_waits(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())

    with pytest.raises(Problem) as asked:
        await world.onboarding.toggle(partner, active=False, confirmed=False)
    await world.onboarding.toggle(partner, active=False, confirmed=True)
    await world.process()

    details = asked.value.reason.details
    assert (asked.value.reason.kind.code, details) == ("confirmation_required", {"clients": 1, "waiting": 1})
    assert (await world.export(document)).status == "not_exported"
    assert await world.sandbox.exact.arrived(GARAGE) == []


async def test_switching_on_again_starts_new_activations_and_what_came_meanwhile_stays_out(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    await world.onboarding.toggle(partner, active=False, confirmed=True)
    missed = await world.finished(client, invoice("2026-1"))
    receipt = await world.deliver(client, missed)
    await world.advance(5)
    await world.onboarding.toggle(partner, active=True, confirmed=False)
    await world.advance(5)
    later = await world.approved(client, invoice("2026-2"))

    await world.process()

    assert receipt.outcome == "unknown_space"
    assert (await world.export(later)).status == "ready_to_process"
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Export)) == 1
        installation = (await session.scalars(select(Installation))).one()
        assert installation.active


async def test_another_company_for_a_client_leaves_what_waits_out_and_sends_the_rest_there(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner, "3")
    waiting = await world.approved(client, invoice("2026-1"))
    with pytest.raises(Problem) as asked:
        await world.onboarding.activate(partner, client, ClientBinding(company_code="7"))
    await world.onboarding.activate(partner, client, ClientBinding(company_code="7"), waiting="stop")
    await world.advance(1)
    later = await world.approved(client, invoice("2026-2"))

    await world.process()

    assert asked.value.reason.kind.code == "waiting_documents"
    export = await world.export(waiting)
    assert (export.status, (export.reason or {})["code"]) == ("not_exported", "company_changed")
    assert (await world.export(later)).status == "ready_to_process"
    assert await world.sandbox.exact.arrived(GARAGE) == []
    assert len(await world.sandbox.exact.arrived(10000017)) == 1


async def test_what_waits_may_still_go_to_the_company_it_came_for(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner, "3")
    waiting = await world.approved(client, invoice("2026-1"))
    await world.onboarding.activate(partner, client, ClientBinding(company_code="7"), waiting="deliver")

    await world.process()

    assert (await world.export(waiting)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1
    assert await world.sandbox.exact.arrived(10000017) == []


@pytest.mark.parametrize(
    ("code", "more", "refusal"),
    [
        ("99", {}, "company_unknown"),
        ("1", {}, "company_ambiguous"),
        ("4", {}, "company_not_usable"),
        ("5", {}, "company_not_usable"),
        ("3", {"vat_number": "BE0403170701"}, "company_of_another_client"),
    ],
)
async def test_a_company_code_that_will_not_do_is_refused_with_the_reason(
    world: World, code: str, more: dict[str, str], refusal: str
) -> None:
    partner = await world.connected()

    with pytest.raises(Problem) as refused:
        await world.client(partner, code, **more)

    assert refused.value.reason.kind.code == refusal


async def test_a_vat_number_decides_between_companies_of_the_same_code(world: World) -> None:
    partner = await world.connected()
    cards = await world.onboarding.companies(partner)
    wanted = next(card for card in cards if card.division == 200001)

    client = await world.client(partner, "1", vat_number=wanted.vat_number)

    assert (await world.activation(client)).division == 200001


async def test_an_override_reason_lets_a_differing_vat_number_pass_and_is_recorded(world: World) -> None:
    partner = await world.connected()

    client = await world.client(partner, "3", vat_number="BE0403170701", override_reason="VAT group")

    assert (await world.activation(client)).override_reason == "VAT group"


async def test_what_was_stopped_can_be_sent_again_after_a_new_activation(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())
    await world.onboarding.deactivate(partner, client)
    await world.advance(5)
    await world.onboarding.activate(partner, client, ClientBinding(company_code="3"))

    async with world.sessions.begin() as session:
        queued = await exports.requeue(session, [Export.document_id == document], clock=world.clock)
        await lanes.wake(session, list(queued), clock=world.clock)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


async def test_a_client_goes_out_through_one_partner_space_only(world: World) -> None:
    first, second = await world.connected("anna"), await world.connected("bram")
    client = await world.client(first)
    await world.sandbox.banqup.patch(f"/sandbox/spaces/{client}", {"partner_space_id": str(second)})

    with pytest.raises(Problem) as refused:
        await world.onboarding.activate(second, client, ClientBinding(company_code="1"))
    await world.onboarding.deactivate(first, client)
    await world.onboarding.activate(second, client, ClientBinding(company_code="1"))

    assert refused.value.reason.kind.code == "client_of_another_partner"
    assert str(first) not in str(refused.value.reason.as_json())


async def test_a_company_of_another_client_is_refused_unless_a_reason_is_given(world: World) -> None:
    partner = await world.connected()
    await world.client(partner, "3")

    with pytest.raises(Problem) as refused:
        await world.client(partner, "3")
    second = await world.client(partner, "3", override_reason="The company has two Business Spaces")

    assert refused.value.reason.kind.code == "company_of_another_client"
    assert (await world.activation(second)).company_code == "3"


async def test_a_change_without_numbers_is_compared_with_those_of_the_activation(world: World) -> None:
    partner = await world.connected()
    cards = {card.code: card for card in await world.onboarding.companies(partner) if card.division < 200000}
    client = await world.client(partner, "2", vat_number=cards["2"].vat_number)

    with pytest.raises(Problem) as refused:
        await world.onboarding.activate(partner, client, ClientBinding(company_code="3"))
    await world.onboarding.activate(partner, client, ClientBinding(company_code="2", relation="link"))

    assert refused.value.reason.kind.code == "company_of_another_client"
    assert (await world.activation(client)).vat_number == cards["2"].vat_number


async def test_another_exact_account_of_the_same_space_replaces_the_tokens_of_the_first(world: World) -> None:
    partner = await world.connected("anna")

    await world.sign_in(partner, "bram")

    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(TokenChain)) == 1
    assert (await chain(world)).exact_user_id == (await connected_as(world, partner)).exact_user_id


async def connected_as(world: World, partner: UUID) -> Connection:
    connection = await world.connection(partner)
    assert connection is not None
    return connection


async def test_a_new_sign_in_replaces_one_whose_key_is_lost(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())
    other_key = base64.b64encode(b"another key of thirty-two bytes!").decode()

    async with built(world.sandbox, world.settings.expect_database_url(), secret_keys=other_key) as rotated:
        await rotated.process()
        assert await state(world, partner) == "connected"
        await rotated.sign_in(partner)
        rotated.clock.offset += timedelta(seconds=61)
        await rotated.process()

    assert (await world.export(document)).status == "ready_to_process"


async def test_who_is_superseded_reads_the_cure_that_does_not_throw_the_other_out(world: World) -> None:
    first, second = await world.connected(), await world.installed()
    client = await world.client(first)
    waiting = await world.approved(client, invoice())

    await world.sign_in(second)
    later = await world.approved(client, invoice("2026-2"))
    await world.process()

    connection = await world.connection(first)
    assert connection is not None
    async with world.sessions() as session:
        shown = [
            await records.one(session, connection.installation_id, (await world.export(d)).id) for d in (waiting, later)
        ]
    reasons = [connection.reason, *(record.waits_for for record in shown if record)]
    assert [(reason or {})["code"] for reason in reasons] == ["connection_superseded"] * 3
    assert all("serves no other Banqup space" in (reason or {})["how"] for reason in reasons)
