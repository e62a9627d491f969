"""What people and tests may change over the admin API, and the odd corners of the wire."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from lxml import etree

from sandbox.serving import Options, Serving

ACCOUNTS = "100002/crm/Accounts"
NOWHERE = "00000000-0000-0000-0000-000000000000"


async def test_a_chain_can_be_killed_or_let_run_out(exact: Any) -> None:
    tokens = await exact.sign_in()
    exact.core.clock.advance(571)
    (chain,) = await exact.admin("GET", "/chains")
    assert (chain["user"], chain["alive"]) == ("anna", True)
    await exact.admin("POST", f"/chains/{chain['id']}/expire")
    run_out = await exact.refresh(tokens["refresh_token"])
    await exact.admin("POST", f"/chains/{chain['id']}/kill")
    dead = await exact.refresh(tokens["refresh_token"])
    assert "expired at" in run_out.json()["error_description"]
    assert dead.json()["error"] == "unauthorized_client"


async def test_a_user_can_lose_rights_and_companies(anna: Any) -> None:
    await anna.admin("PATCH", "/users/anna", {"rights": ["divisions"], "companies": [100001]})
    assert [row["Code"] for row in await anna.rows("100001/system/Divisions")] == [100001]
    assert (await anna.get("100001/documents/Documents")).status_code == 403
    users = {user["id"]: user for user in await anna.admin("GET", "/users")}
    assert users["anna"]["rights"] == ["divisions"]


async def test_a_company_can_be_archived_and_lose_a_module(anna: Any) -> None:
    await anna.admin("PATCH", "/companies/100002", {"modules": []})
    assert (await anna.get("100002/mailbox/Mailboxes")).status_code == 403
    await anna.admin("PATCH", "/companies/100002", {"status": 2})
    assert (await anna.get("100002/documents/DocumentTypes")).status_code == 403
    shown = {company["code"]: company for company in await anna.admin("GET", "/companies")}
    assert (shown[100002]["status"], shown[100002]["modules"]) == (2, [])


async def test_a_recipient_can_be_told_how_to_treat_mail(anna: Any) -> None:
    await anna.admin("PUT", "/recipient", {"outcome": [5], "step_seconds": 0})
    await anna.admin("PUT", "/recipient", {"company": 100003, "outcome": [46]})
    boxes = {row["ForDivision"]: row["ID"] for row in await anna.rows("100001/mailbox/Mailboxes")}
    for company in (100002, 100003):
        mail = {"SenderMailboxID": boxes[100001], "RecipientMailboxID": boxes[company], "Subject": "INV"}
        message = (await anna.post("100001/mailbox/MailMessagesSent", mail)).json()["d"]["ID"]
        file = {"MailMessageID": message, "AttachmentFileName": "i.xml", "Attachment": "PGEvPg=="}
        await anna.post("100001/mailbox/MailMessageAttachments", file)
    rows = await anna.rows("100001/mailbox/MailMessagesSent", select="RecipientStatus", orderby="ForDivision")
    assert [row["RecipientStatus"] for row in rows] == [5, 46]
    assert "Blocked" in (await anna.client.get("/sandbox")).text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"SenderMailboxID": NOWHERE}, 500),
        ({"RecipientMailboxID": NOWHERE}, 500),
        ({"Type": 4711}, 500),
        ({"Subject": ""}, 500),
        ({}, 201),
    ],
)
async def test_a_mail_message_needs_two_mailboxes_a_subject_and_a_known_type(
    anna: Any, change: dict[str, Any], status: int
) -> None:
    (first, second, *_) = await anna.rows("100001/mailbox/Mailboxes", select="ID")
    mail = {"SenderMailboxID": first["ID"], "RecipientMailboxID": second["ID"], "Subject": "INV", "Type": 1000}
    assert (await anna.post("100001/mailbox/MailMessagesSent", mail | change)).status_code == status


async def test_a_mail_attachment_needs_its_message_and_a_known_type(anna: Any) -> None:
    (first, second, *_) = await anna.rows("100001/mailbox/Mailboxes", select="ID")
    mail = {"SenderMailboxID": first["ID"], "RecipientMailboxID": second["ID"], "Subject": "INV"}
    message = (await anna.post("100001/mailbox/MailMessagesSent", mail)).json()["d"]["ID"]
    good = {"MailMessageID": message, "AttachmentFileName": "i.xml", "Attachment": "PGEvPg==", "Type": 130}
    path = "100001/mailbox/MailMessageAttachments"
    statuses = [
        (await anna.post(path, good | change)).status_code for change in ({"MailMessageID": NOWHERE}, {"Type": 7}, {})
    ]
    assert statuses == [500, 500, 201]
    (shown,) = await anna.admin("GET", "/mail?company=100001")
    content = await anna.client.get(shown["attachments"][0]["download"])
    assert content.content == base64.b64decode("PGEvPg==")
    assert (await anna.client.patch(f"/sandbox/mail/{message}", json={"recipient_status": 1})).status_code == 422


async def test_a_created_entity_comes_as_atom_to_those_who_do_not_ask_for_json(anna: Any) -> None:
    answer = await anna.post(ACCOUNTS, {"Name": "A & B", "IsSupplier": True}, Accept="*/*")
    entry = etree.fromstring(answer.content)
    assert answer.status_code == 201
    assert entry.findtext(".//{*}Name") == "A & B"
    assert entry.findtext(".//{*}IsSupplier") == "true"
    assert [email.attrib for email in entry.iter("{*}Email") if email.attrib]


@pytest.mark.parametrize(
    "field",
    [{"Name": ["x"]}, {"IsSupplier": "yes"}, {"Division": True}, {"Created": "soon"}, {"ID": "x"}, {"Division": 1.5}],
)
async def test_a_value_of_the_wrong_type_is_a_400(anna: Any, field: dict[str, Any]) -> None:
    assert (await anna.post(ACCOUNTS, {"Name": "x"} | field)).status_code == 400


async def test_dates_are_taken_in_both_forms(anna: Any) -> None:
    for date in ("/Date(1769644800000)/", "2026-01-29", "2026-01-29T00:00:00Z"):
        body = {"Subject": "x", "Type": 20, "DocumentDate": date}
        made = (await anna.post("100002/documents/Documents", body)).json()["d"]
        assert made["DocumentDate"] == "/Date(1769644800000)/"


async def test_a_body_that_is_no_json_or_says_so_is_refused(anna: Any) -> None:
    path = "100002/documents/Documents"
    typed = {"Content-Type": "application/json"}
    assert (await anna.call("POST", path, content=b"{", headers=typed)).status_code == 400
    assert (await anna.call("POST", path, content=b"Subject=x")).status_code == 415
    large = typed | {"Content-Length": str(50 * 1024 * 1024)}
    assert (await anna.call("POST", path, content=b"{}", headers=large)).status_code == 413


async def test_what_cannot_be_made_or_reached_is_refused(anna: Any) -> None:
    missing = f"100002/documents/Documents(guid'{NOWHERE}')"
    assert (await anna.post("100002/documents/DocumentTypes", {})).status_code == 405
    assert (await anna.call("PUT", missing, json={})).status_code == 404
    assert (await anna.get("current/Other")).status_code == 404
    assert (await anna.client.get("/api/v2/current/Me")).status_code == 404
    assert (await anna.client.get("/elsewhere")).status_code == 404
    assert (await anna.client.get("/docs/SysAttachment.aspx")).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/users/nobody", {}),
        ("PATCH", "/companies/1", {}),
        ("POST", "/chains/none/kill", None),
        ("GET", "/attachments/none", None),
        ("PATCH", "/documents/none", {"subject": "x"}),
        ("DELETE", "/documents/none", None),
    ],
)
async def test_the_admin_api_says_what_does_not_exist(exact: Any, method: str, path: str, body: Any) -> None:
    assert (await exact.client.request(method, f"/sandbox{path}", json=body)).status_code == 404


async def test_the_state_and_settings_of_both_can_be_read(anna: Any, banqup: Any) -> None:
    await anna.document()
    assert (await anna.admin("GET", "/state"))["documents"] == {"100002": 1}
    assert (await anna.admin("GET", "/settings"))["minute_limit"] == 60
    assert (await banqup.admin("GET", "/settings"))["token_seconds"] == 300
    assert (await banqup.client.patch("/sandbox/settings", json={"x": 1})).status_code == 422
    assert (await banqup.admin("GET", "/listener"))["url"] is None


async def test_banqups_spaces_documents_and_tokens_can_be_inspected_and_forgotten(banqup: Any) -> None:
    space = await banqup.space(id="0c7f5c3e-6f0b-4f9c-9b7e-0d7f3a1b2c3d", vat_number="BE0723456781")
    await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {"folder": "SALES"}})
    (listed,) = await banqup.admin("GET", "/spaces")
    (document,) = await banqup.admin("GET", f"/spaces/{space}/documents")
    assert (listed["vat_number"], document["folder"]) == ("BE0723456781", "SALES")
    assert await banqup.admin("POST", "/tokens/expire") == {"expired": 1}
    assert (await banqup.get(f"v2/spaces/{space}/documents")).status_code == 401
    await banqup.admin("POST", "/reset")
    assert await banqup.admin("GET", "/spaces") == []


async def test_files_that_cannot_be_stored_or_found_are_refused(banqup: Any) -> None:
    space = await banqup.space()
    file = {"role": "UBL", "filename": "i.xml", "content_base64": "***"}
    refused = await banqup.client.post(f"/sandbox/spaces/{space}/documents", json={"document": {}, "files": [file]})
    homeless = await banqup.client.post("/sandbox/spaces/none/documents", json={"document": {}})
    missing = await banqup.get(f"v1/spaces/{space}/files/none")
    unsupported = await banqup.get(f"v1/spaces/{space}/files")
    elsewhere = await banqup.get("v3/other")
    statuses = [answer.status_code for answer in (refused, homeless, missing, unsupported, elsewhere)]
    assert statuses == [422, 404, 404, 405, 404]


@pytest.fixture
async def served() -> AsyncIterator[Serving]:
    """Both servers on sockets, inside the test's process."""
    serving = Serving(Options(exact_port=0, banqup_port=0))
    task = asyncio.create_task(serving.run())
    for server, _ in serving.servers:
        await server.is_up.wait()
    yield serving
    serving.stop()
    await task


async def test_both_servers_share_a_process_and_misbehave_on_their_sockets(served: Serving) -> None:
    async with httpx.AsyncClient() as client:
        for name in ("exact", "banqup"):
            url = str(served.urls[name])
            for kind in ("lost_answer", "slow_body", "slow_headers", "reset_mid_body"):
                rule = {"kind": kind, "times": 1, "params": {"seconds": 0.02}}
                await client.post(f"{url}/sandbox/faults", json=rule)
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                await client.get(f"{url}/nothing")
            slow = [await client.get(f"{url}/nothing") for _ in range(2)]
            assert {answer.status_code for answer in slow} <= {401, 404}
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                await client.get(f"{url}/nothing")
    assert f"{served.urls['exact']}/sandbox " in served.announcement()
