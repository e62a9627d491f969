"""The creation of documents, attachments, relations and mail messages in Exact."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.exact_online.entities import (
    ACCOUNTS,
    ATTACHMENTS,
    DOCUMENT_CATEGORIES,
    DOCUMENT_FOLDERS,
    DOCUMENTS,
    MAIL_ATTACHMENTS,
    MAIL_MESSAGES,
    EntitySet,
)
from sandbox.exact_online.errors import ExactError, functional, not_found
from sandbox.exact_online.mailboxes import ATTACHMENT_TYPES, MESSAGE_TYPES, mailbox_by_id
from sandbox.exact_online.state import Company, User, World, new_guid

DOCUMENT_TYPES: dict[int, tuple[str, bool]] = {
    10: ("Sales invoice", True),
    20: ("Purchase invoice", True),
    30: ("Bank statement", False),
    55: ("Miscellaneous", True),
}
_CURRENCY = re.compile(r"[A-Z]{3}")


class Creation:
    """A user's creation of a row in a company, with errors in the user's language."""

    def __init__(self, world: World, company: Company, user: User, entity: EntitySet, *, base: str) -> None:
        self.world, self.company, self.user, self.entity, self.base = world, company, user, entity, base

    def invalid(self, name: str) -> ExactError:
        return functional("invalid", name, language=self.user.language)

    def create(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Store the row; raise `ExactError` 500 if Exact would refuse it."""
        for name in self.entity.mandatory:
            if sent.get(name) in (None, "", b""):
                raise functional("mandatory", name, language=self.user.language)
        now, row_id = self.world.stamp(), new_guid()
        stamps = {"Created": now, "Modified": now, "Creator": self.user.user_id, "Modifier": self.user.user_id}
        row = sent | stamps | {"ID": row_id}
        _STEPS[self.entity.path](self, row)
        self.world.table(self.company.code, self.entity.path)[row_id] = row
        return row

    def change(self, row: dict[str, Any], sent: dict[str, Any]) -> None:
        """Change fields of a row, except its keys and stamps."""
        kept = {"ID", "HID", "Created", "Creator"}
        row.update({name: value for name, value in sent.items() if name not in kept})
        row["Modified"] = self.world.stamp()

    def find(self, path: str, row_id: str | None) -> dict[str, Any] | None:
        return self.world.table(self.company.code, path).get(row_id or "")


def _document(creation: Creation, row: dict[str, Any]) -> None:
    described, creatable = DOCUMENT_TYPES.get(row["Type"], ("", False))
    if not creatable:
        raise creation.invalid("Type")
    known = creation.world.settings.currencies
    currency = row.get("Currency")
    if currency and (not _CURRENCY.fullmatch(currency) or (known is not None and currency not in known)):
        raise creation.invalid("Currency")
    account = _linked(creation, row, "Account", ACCOUNTS)
    category = _linked(creation, row, "Category", DOCUMENT_CATEGORIES)
    _linked(creation, row, "DocumentFolder", DOCUMENT_FOLDERS)
    company = creation.company
    company.documents_made += 1
    row.setdefault("DocumentDate", row["Created"])
    row.setdefault("Currency", company.currency)
    row |= {
        "HID": company.documents_made,
        "TypeDescription": described,
        "Division": company.code,
        "HasEmptyBody": not row.get("Body"),
        "DocumentViewUrl": f"{creation.base}/docs/DocView.aspx?DocumentID={row['ID']}&_Division_={company.code}",
        "AccountCode": account and account["Code"],
        "AccountName": account and account["Name"],
        "CategoryDescription": category and category["Description"],
    }


def _linked(creation: Creation, row: dict[str, Any], name: str, target: EntitySet) -> dict[str, Any] | None:
    if row.get(name) is None:
        return None
    found = creation.find(target.path, row[name])
    if found is None:
        raise creation.invalid(name)
    return found


def _attachment(creation: Creation, row: dict[str, Any]) -> None:
    if creation.find(DOCUMENTS.path, row["Document"]) is None:
        raise creation.invalid("Document")
    _store_content(creation, row, "FileName")


def _account(creation: Creation, row: dict[str, Any]) -> None:
    number = len(creation.world.table(creation.company.code, ACCOUNTS.path)) + 1
    row.setdefault("Code", f"{number:18d}")
    row |= {"Status": row.get("Status") or "C", "Division": creation.company.code}


def _mail_message(creation: Creation, row: dict[str, Any]) -> None:
    sender = mailbox_by_id(creation.world, row["SenderMailboxID"])
    recipient = mailbox_by_id(creation.world, row["RecipientMailboxID"])
    if sender is None or sender["sandbox.division"] not in creation.user.companies:
        raise creation.invalid("SenderMailboxID")
    if recipient is None:
        raise creation.invalid("RecipientMailboxID")
    if row.setdefault("Type", 0) not in MESSAGE_TYPES:
        raise creation.invalid("Type")
    row |= {
        "SenderMailbox": sender["Mailbox"],
        "RecipientMailbox": recipient["Mailbox"],
        "ForDivision": recipient["sandbox.division"],
        "SenderDateSent": row["Created"],
    }


def _mail_attachment(creation: Creation, row: dict[str, Any]) -> None:
    message = creation.find(MAIL_MESSAGES.path, row["MailMessageID"])
    if message is None:
        raise creation.invalid("MailMessageID")
    if row.setdefault("Type", 0) not in ATTACHMENT_TYPES:
        raise creation.invalid("Type")
    row["TypeDescription"] = ATTACHMENT_TYPES[row["Type"]]
    row["FileExtension"] = "." + row["AttachmentFileName"].rpartition(".")[2]
    _store_content(creation, row, "AttachmentFileName")
    message.setdefault("sandbox.delivered", creation.world.clock.timestamp())


def _store_content(creation: Creation, row: dict[str, Any], name_field: str) -> None:
    content = row.pop("Attachment")
    if any(mark in row[name_field] for mark in '\\/:*?"<>|'):
        raise creation.invalid(name_field)
    creation.world.contents[row["ID"]] = content
    row["FileSize"] = float(len(content)) if name_field == "FileName" else len(content)
    row["Url"] = f"{creation.base}/docs/SysAttachment.aspx?ID={row['ID']}&_Division_={creation.company.code}"


def remove_document(world: World, company: int, document: str) -> None:
    """Delete a document with its attachments; raise `ExactError` 404 if there is none."""
    if world.table(company, DOCUMENTS.path).pop(document, None) is None:
        raise not_found()
    attachments = world.table(company, ATTACHMENTS.path)
    for row_id in [row["ID"] for row in attachments.values() if row["Document"] == document]:
        del attachments[row_id]
        world.contents.pop(row_id, None)


_STEPS: dict[str, Callable[[Creation, dict[str, Any]], None]] = {
    DOCUMENTS.path: _document,
    ATTACHMENTS.path: _attachment,
    ACCOUNTS.path: _account,
    MAIL_MESSAGES.path: _mail_message,
    MAIL_ATTACHMENTS.path: _mail_attachment,
}
