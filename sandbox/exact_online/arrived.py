"""The documents and mail in the sandboxed Exact, in the sandbox's own terms."""

import hashlib
from typing import Any

from sandbox.exact_online.entities import ATTACHMENTS, DOCUMENTS, MAIL_ATTACHMENTS, MAIL_MESSAGES
from sandbox.exact_online.mailboxes import with_status
from sandbox.exact_online.state import Company, World


def documents(world: World, company: Company) -> list[dict[str, Any]]:
    """Return the documents with their attachments, oldest first."""
    files: dict[str, list[dict[str, Any]]] = {}
    for row in world.table(company.code, ATTACHMENTS.path).values():
        files.setdefault(row["Document"], []).append(_file(world, row, row["FileName"]))
    return [
        _document(company, row) | {"attachments": files.get(row["ID"], [])}
        for row in world.table(company.code, DOCUMENTS.path).values()
    ]


def _document(company: Company, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "company": company.code,
        "company_name": company.name,
        "id": row["ID"],
        "hid": row["HID"],
        "type": row["Type"],
        "type_description": row["TypeDescription"],
        "subject": row["Subject"],
        "document_date": row["DocumentDate"].isoformat() if row.get("DocumentDate") else None,
        "amount_fc": row.get("AmountFC"),
        "currency": row.get("Currency"),
        "account": row.get("Account"),
        "account_name": row.get("AccountName"),
        "category": row.get("Category"),
        "folder": row.get("DocumentFolder"),
        "body": row.get("Body"),
        "created": row["Created"].isoformat(),
    }


def _file(world: World, row: dict[str, Any], name: str) -> dict[str, Any]:
    content = world.contents[row["ID"]]
    return {
        "id": row["ID"],
        "filename": name,
        "type": row.get("Type"),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "download": f"/sandbox/attachments/{row['ID']}",
    }


def mail(world: World, company: Company) -> list[dict[str, Any]]:
    """Return the messages the company sent, with the recipient's current status."""
    files: dict[str, list[dict[str, Any]]] = {}
    for row in world.table(company.code, MAIL_ATTACHMENTS.path).values():
        files.setdefault(row["MailMessageID"], []).append(_file(world, row, row["AttachmentFileName"]))
    rows = (with_status(world, row) for row in world.table(company.code, MAIL_MESSAGES.path).values())
    return [
        {
            "company": company.code,
            "id": row["ID"],
            "subject": row["Subject"],
            "type": row["Type"],
            "sender_mailbox": row["SenderMailbox"],
            "recipient_mailbox": row["RecipientMailbox"],
            "for_company": row["ForDivision"],
            "recipient_status": row["RecipientStatus"],
            "recipient_status_description": row["RecipientStatusDescription"],
            "attachments": files.get(row["ID"], []),
        }
        for row in rows
    ]


def file_named(world: World, row_id: str) -> tuple[str, bytes] | None:
    """Return the name and content of an attachment of a document or a message."""
    for (_, path), rows in world.rows.items():
        if path in (ATTACHMENTS.path, MAIL_ATTACHMENTS.path) and row_id in rows:
            row = rows[row_id]
            return row.get("FileName") or row["AttachmentFileName"], world.contents[row_id]
    return None
