"""Me and Divisions: who is signed in, and which companies they see."""

from typing import Any

import pytest


async def test_me_tells_who_is_signed_in_and_where_to_begin(anna: Any) -> None:
    (me,) = await anna.rows("current/Me")
    assert (me["FullName"], me["CurrentDivision"]) == ("Anna Peeters", 100001)
    assert me["ServerTime"].startswith("/Date(")


async def test_me_is_not_counted_in_the_limits(anna: Any) -> None:
    answer = await anna.get("current/Me")
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]


async def test_the_company_code_that_people_read_is_unique_per_customer_only(anna: Any) -> None:
    ones = await anna.rows("100001/system/Divisions", filter="Hid eq 1L", select="Code,Hid,CustomerName")
    assert [(row["Code"], row["Hid"]) for row in ones] == [(100001, "1"), (200001, "1")]


async def test_archived_blocked_inactive_and_large_codes_are_listed(anna: Any) -> None:
    rows = {row["Code"]: row for row in await anna.rows("100001/system/Divisions")}
    assert rows[100004]["Status"] == 2
    assert rows[100005]["BlockingStatus"] != 0
    assert rows[100006]["Status"] == 0
    assert max(rows) > 10_000_000


async def test_the_older_list_has_a_form_of_its_own_and_only_one_customer(anna: Any) -> None:
    rows = {row["Code"]: row for row in await anna.rows("100001/hrm/Divisions")}
    assert 200001 not in rows, "another customer"
    assert (rows[100003]["HID"], rows[100003]["Status"]) == ("3", 0)
    assert (rows[100004]["Status"], rows[100004]["ArchiveDate"] is None) == (1, False)
    assert "Hid" not in rows[100003]


async def test_users_see_different_companies(exact: Any) -> None:
    await exact.sign_in("bram")
    rows = await exact.rows("300001/system/Divisions", select="Code")
    assert [row["Code"] for row in rows] == [300001, 300002]


@pytest.mark.parametrize(
    ("company", "status"),
    [(100004, 403), (100005, 403), (300001, 403), (999999, 404), (100003, 200)],
    ids=["archived", "blocked", "somebody else's", "unknown", "free"],
)
async def test_a_company_that_cannot_be_worked_in_is_refused(anna: Any, company: int, status: int) -> None:
    assert (await anna.get(f"{company}/documents/Documents")).status_code == status


async def test_a_company_that_moved_away_is_neither_listed_nor_reachable(anna: Any) -> None:
    await anna.admin("PATCH", "/companies/100002", {"moved": True})
    assert 100002 not in [row["Code"] for row in await anna.rows("100001/system/Divisions")]
    assert (await anna.get("100002/documents/Documents")).status_code == 404


async def test_a_missing_right_scope_or_module_is_told_apart_in_the_text(exact: Any) -> None:
    await exact.sign_in("dirk")
    right = await exact.get("300001/documents/Documents")
    await exact.sign_in("bram")
    module = await exact.get("300002/mailbox/Mailboxes")
    await exact.admin("PUT", "/apps/app", {"secret": "secret", "scopes": ["organization.documents"]})
    scope = await exact.get("300001/system/Divisions")
    texts = [answer.json()["error"]["message"]["value"] for answer in (right, module, scope)]
    assert {answer.status_code for answer in (right, module, scope)} == {403}
    assert len(set(texts)) == 3
    assert texts[2] == "Forbidden - Application Scope Violated. Cannot read 'organization.administration' scope."


async def test_users_and_companies_can_be_added(exact: Any) -> None:
    await exact.admin("POST", "/companies", {"code": 777, "hid": 9, "name": "Nieuw BV", "vat_number": "BE0712345630"})
    await exact.admin("POST", "/users", {"id": "eva", "name": "Eva Nieuw", "companies": [777]})
    await exact.sign_in("eva")
    (row,) = await exact.rows("777/system/Divisions", select="Code,VATNumber,ChamberOfCommerceNumber")
    assert (row["Code"], row["ChamberOfCommerceNumber"]) == (777, "0712345630")
