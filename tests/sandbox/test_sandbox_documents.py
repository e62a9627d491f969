"""Documents, attachments, relations and the postbox."""

import base64
import hashlib
from typing import Any

import pytest

PREFERRED = "100002/read/mailbox/PreferredMailboxForOperation"
DOCUMENTS, ATTACHMENTS = "100002/documents/Documents", "100002/documents/DocumentAttachments"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


async def test_a_document_and_its_attachment_arrive_with_the_same_bytes(anna: Any) -> None:
    document = await anna.document("INV 1")
    body = {"Document": document["ID"], "FileName": "inv.xml", "Attachment": encoded(b"<Invoice/>")}
    made = (await anna.post(ATTACHMENTS, body)).json()["d"]
    (arrived,) = await anna.admin("GET", "/arrived?company=100002")
    (file,) = arrived["attachments"]
    assert (arrived["subject"], arrived["hid"], arrived["type"]) == ("INV 1", 1, 20)
    assert file["sha256"] == hashlib.sha256(b"<Invoice/>").hexdigest()
    download = await anna.client.get(file["download"])
    assert (download.content, download.headers["content-type"]) == (b"<Invoice/>", "application/xml")
    by_url = await anna.client.get(made["Url"], headers={"Authorization": f"Bearer {anna.access_token}"})
    assert by_url.content == b"<Invoice/>"
    assert (await anna.client.get(made["Url"])).status_code == 401


async def test_attachments_are_found_by_their_document(anna: Any) -> None:
    document = await anna.document()
    for name in ("a.xml", "a.pdf"):
        await anna.post(ATTACHMENTS, {"Document": document["ID"], "FileName": name, "Attachment": encoded(b"x")})
    rows = await anna.rows(ATTACHMENTS, filter=f"Document eq guid'{document['ID']}'", select="FileName,FileSize")
    assert [(row["FileName"], row["FileSize"]) for row in rows] == [("a.xml", 1.0), ("a.pdf", 1.0)]


async def test_without_prefer_the_fields_not_sent_come_back_null(anna: Any) -> None:
    body = {"Subject": "x", "Type": 20}
    bare = (await anna.call("POST", DOCUMENTS, json=body)).json()["d"]
    full = (await anna.post(DOCUMENTS, body)).json()["d"]
    assert (bare["Subject"], bare["HID"], bare["Created"]) == ("x", None, None)
    assert full["HID"] == 2
    assert full["DocumentViewUrl"].startswith("http://exact.test/docs/")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Subject": None}, "Verplicht: Subject"),
        ({"Type": None}, "Verplicht: Type"),
        ({"Type": 30}, "Ongeldig: Type"),
        ({"Type": 999}, "Ongeldig: Type"),
        ({"Currency": "euro"}, "Ongeldig: Currency"),
        ({"Account": "00000000-0000-0000-0000-000000000000"}, "Ongeldig: Account"),
    ],
)
async def test_a_functional_refusal_is_a_500_with_a_readable_body(anna: Any, change: dict[str, Any], text: str) -> None:
    answer = await anna.post(DOCUMENTS, {"Subject": "x", "Type": 20} | change)
    assert answer.status_code == 500
    assert answer.json()["error"]["message"]["value"] == text
    assert await anna.admin("GET", "/arrived") == []


async def test_a_refusal_speaks_the_users_language(exact: Any) -> None:
    await exact.sign_in("chloe")
    answer = await exact.post("200001/documents/Documents", {"Type": 20})
    assert answer.json()["error"]["message"]["value"] == "Obligatoire : Subject"


@pytest.mark.parametrize(
    "body",
    [{"Subject": 1, "Type": 20}, {"Subject": "x", "Type": "twenty"}, {"Subject": "x", "Type": 20, "Colour": "red"}, []],
)
async def test_a_malformed_body_is_a_400(anna: Any, body: Any) -> None:
    assert (await anna.post(DOCUMENTS, body)).status_code == 400


async def test_an_attachment_needs_its_document_a_name_and_base64(anna: Any) -> None:
    document = await anna.document()
    good = {"Document": document["ID"], "FileName": "a.xml", "Attachment": encoded(b"x")}
    unknown = await anna.post(ATTACHMENTS, good | {"Document": "00000000-0000-0000-0000-000000000000"})
    nameless = await anna.post(ATTACHMENTS, good | {"FileName": ""})
    misnamed = await anna.post(ATTACHMENTS, good | {"FileName": "a/b.xml"})
    garbled = await anna.post(ATTACHMENTS, good | {"Attachment": "***"})
    assert [answer.status_code for answer in (unknown, nameless, misnamed, garbled)] == [500, 500, 500, 400]


async def test_an_attachment_over_the_size_limit_is_refused(anna: Any) -> None:
    document = await anna.document()
    anna.core.world.settings.body_limit = 1000
    body = {"Document": document["ID"], "FileName": "a.pdf", "Attachment": encoded(b"x" * 1001)}
    assert (await anna.post(ATTACHMENTS, body)).status_code == 413


async def test_a_document_can_be_read_changed_and_deleted_by_its_key(anna: Any) -> None:
    document = await anna.document("before")
    path = f"{DOCUMENTS}(guid'{document['ID']}')"
    changed = await anna.call("PUT", path, json={"Subject": "after"})
    assert changed.status_code == 204
    assert (await anna.get(path)).json()["d"]["Subject"] == "after"
    assert (await anna.call("DELETE", path)).status_code == 204
    assert (await anna.get(path)).status_code == 404


async def test_a_person_can_rename_and_delete_a_document_in_exact(anna: Any) -> None:
    document = await anna.document("before")
    await anna.admin("PATCH", f"/documents/{document['ID']}", {"subject": "renamed by hand"})
    assert len(await anna.rows(DOCUMENTS, filter="Subject eq 'renamed by hand'")) == 1
    await anna.admin("DELETE", f"/documents/{document['ID']}")
    assert await anna.admin("GET", "/arrived") == []


async def test_document_types_say_what_can_be_created(anna: Any) -> None:
    rows = await anna.rows("100002/documents/DocumentTypes", select="ID,DocumentIsCreatable")
    assert {row["ID"]: row["DocumentIsCreatable"] for row in rows} == {10: True, 20: True, 30: False, 55: True}


async def test_folder_category_and_relation_of_a_document_are_linked(anna: Any) -> None:
    (folder,) = await anna.rows("100002/documents/DocumentFolders", select="ID")
    (category,) = await anna.rows("100002/documents/DocumentCategories", select="ID")
    made = await anna.post("100002/crm/Accounts", {"Name": "Nieuwe Leverancier", "VATNumber": "BE0712345630"})
    links = {"DocumentFolder": folder["ID"], "Category": category["ID"], "Account": made.json()["d"]["ID"]}
    document = (await anna.post(DOCUMENTS, {"Subject": "x", "Type": 20} | links)).json()["d"]
    assert (document["AccountName"], document["CategoryDescription"]) == ("Nieuwe Leverancier", "Invoices")


async def test_a_mail_message_moves_through_the_recipients_statuses(anna: Any) -> None:
    boxes = {row["ForDivision"]: row["ID"] for row in await anna.rows("100002/mailbox/Mailboxes")}
    assert (await anna.get(PREFERRED)).status_code == 400
    preferred = (await anna.call("GET", f"{PREFERRED}?operation=1000")).json()["d"][0]
    assert preferred["ID"] == boxes[100002]
    mail = {"SenderMailboxID": boxes[100001], "RecipientMailboxID": boxes[100002], "Subject": "INV", "Type": 1000}
    message = (await anna.post("100002/mailbox/MailMessagesSent", mail)).json()["d"]["ID"]
    path = f"100002/mailbox/MailMessagesSent(guid'{message}')"

    async def status() -> int:
        return int((await anna.get(path, select="RecipientStatus")).json()["d"]["RecipientStatus"])

    statuses = [await status()]
    file = {"MailMessageID": message, "AttachmentFileName": "i.xml", "Attachment": encoded(b"<a/>"), "Type": 130}
    assert (await anna.post("100002/mailbox/MailMessageAttachments", file)).status_code == 201
    for _ in range(3):
        statuses.append(await status())
        anna.core.clock.advance(5)
    await anna.admin("PATCH", f"/mail/{message}", {"recipient_status": 5})
    statuses.append(await status())
    assert statuses == [10, 20, 42, 50, 5]
    (shown,) = await anna.admin("GET", "/mail")
    assert shown["recipient_status_description"] == "Rejected"


async def test_the_page_shows_what_arrived_and_where_to_download_it(anna: Any) -> None:
    document = await anna.document("INV <1>")
    await anna.post(ATTACHMENTS, {"Document": document["ID"], "FileName": "i.xml", "Attachment": encoded(b"x")})
    page = await anna.client.get("/sandbox")
    assert "INV &lt;1&gt;" in page.text
    assert "/sandbox/attachments/" in page.text


async def test_a_reset_leaves_only_the_seed(anna: Any) -> None:
    await anna.document()
    await anna.admin("POST", "/reset")
    assert await anna.admin("GET", "/arrived") == []
    assert (await anna.get("current/Me")).status_code == 401


async def test_the_bulk_list_has_a_thousand_rows_a_page_and_few_filters(anna: Any) -> None:
    await anna.admin("POST", "/companies/100002/documents", {"count": 1500, "type": 20})
    await anna.document("one of ours")
    bulk = "100002/bulk/Documents/Documents"
    first = (await anna.get(bulk, select="ID,Subject", filter="Type eq 20")).json()["d"]
    assert (len(first["results"]), "__next" in first) == (1000, True)
    rest = (
        await anna.client.get(
            first["__next"], headers={"Authorization": f"Bearer {anna.access_token}", "Accept": "application/json"}
        )
    ).json()["d"]
    assert (len(rest["results"]), "__next" in rest) == (501, False)
    assert len(await anna.rows(bulk, filter="Subject eq 'one of ours'")) == 1
    assert (await anna.get(bulk, filter="HID eq 1")).status_code == 400
    assert (await anna.post(bulk, {"Subject": "x", "Type": 20})).status_code == 405
