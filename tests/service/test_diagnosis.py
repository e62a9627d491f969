"""A 403 of Exact names its cause, and with it who acts and how."""

from uuid import UUID

import pytest

from tests.service.invoices import invoice
from tests.service.world import World

GARAGE, BAKERY = 100003, 100002


async def reason_of(world: World, document: UUID) -> dict[str, str]:
    return (await world.export(document)).reason or {}


@pytest.mark.parametrize(
    ("fault", "code", "who", "cure"),
    [
        ("division_scope", "company_not_granted", "partner", "Security centre"),
        ("scope", "exact_scope_missing", "operator", "scope"),
        ("BlockedUser", "exact_user_blocked", "partner", "Unblock the user"),
        ("InactiveUser", "exact_user_inactive", "partner", "Activate the user"),
        ("BlockedCustomer: 12", "exact_customer_blocked", "partner", "customer service"),
        ("LicenseExpired", "exact_licence_expired", "partner", "Renew"),
        ("DivisionBlocked", "exact_company_blocked", "partner", "Unblock the company"),
        ("NoDivisionAccess", "exact_no_company_access", "partner", "access to the company"),
        ("SomethingNew", "exact_forbids", "partner", "right"),
    ],
)
async def test_a_403_has_its_own_code_person_and_cure(world: World, fault: str, code: str, who: str, cure: str) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    rule = await world.sandbox.exact.fault("forbidden_403", endpoint="*", company=GARAGE, reason=fault)

    await world.process()

    reason = await reason_of(world, document)
    assert ((await world.export(document)).status, reason["code"], reason["who"]) == ("queued", code, who)
    assert cure in reason["how"]
    await world.sandbox.exact.delete(f"/sandbox/faults/{rule['id']}")
    await world.advance(1_300)
    await world.process()
    assert (await world.export(document)).status == "ready_to_process"


async def test_an_unknown_code_of_a_403_is_quoted(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("forbidden_403", endpoint="*", company=GARAGE, reason="SomethingNew")

    await world.process()

    assert "SomethingNew" in (await reason_of(world, document))["sentence"]


async def test_a_page_of_the_edge_is_an_outage_for_the_operator_and_is_probed_rarely(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("html_403", endpoint="*", company=GARAGE)

    for _ in range(30):
        await world.process()
        reason = await reason_of(world, document)
        assert (reason["code"], reason["who"]) == ("exact_edge_refuses", "operator")
        await world.advance(240)

    assert (await world.sandbox.exact.calls())["error_blocks"] == {}
    await world.sandbox.exact.clear_faults()
    for _ in range(10):
        await world.process()
        await world.advance(240)
    assert (await world.export(document)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1


async def test_a_blocked_user_holds_up_every_company_of_the_connection_until_one_succeeds(world: World) -> None:
    partner = await world.connected()
    garage, bakery = await world.client(partner, code="3"), await world.client(partner, code="2")
    rule = await world.sandbox.exact.fault("forbidden_403", endpoint="*", reason="BlockedUser")
    first = await world.approved(garage, invoice("2026-1"))
    await world.process()
    await world.sandbox.exact.delete("/sandbox/calls")

    second = await world.approved(bakery, invoice("2026-2"))
    await world.process()
    assert (await world.sandbox.exact.calls())["total"] == 0, "the other company asks nothing"
    assert (await world.export(second)).status == "queued"

    await world.sandbox.exact.delete(f"/sandbox/faults/{rule['id']}")
    await world.advance(1_300)
    await world.process()
    statuses = [(await world.export(document)).status for document in (first, second)]
    assert statuses == ["ready_to_process", "ready_to_process"]


async def test_a_document_that_an_edge_refuses_lets_the_others_of_its_company_go_first(world: World) -> None:
    client = await world.client(await world.connected())
    first = await world.approved(client, invoice("2026-1"))
    await world.sandbox.exact.fault("html_400", endpoint="documents/Documents", method="POST", times=1)

    second = await world.approved(client, invoice("2026-2"))
    await world.process()

    assert (await world.export(second)).status == "ready_to_process"
    await world.advance(1_300)
    for _ in range(3):
        await world.process()
        await world.advance(30)
    assert (await world.export(first)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 2
