"""The digital postbox: mailboxes, and how recipients treat messages."""

from typing import Any

from sandbox.exact_online.state import Company, Recipient, World

MESSAGE_TYPES = frozenset({0, 1000, 1010, 1020, 1030, 1040, 1050, 1060, 1100, 1200, 2000, 7000})
ATTACHMENT_TYPES: dict[int, str] = {
    0: "Other",
    10: "PDF",
    20: "UBL 2.0",
    23: "PEPPOL",
    24: "eFFF",
    130: "UBL 2.1",
}
STATUSES: dict[int, str] = {
    5: "Rejected",
    10: "Draft",
    20: "Open",
    25: "Prepared",
    30: "Approved",
    40: "Realized",
    42: "In process",
    43: "At the scanning service",
    45: "Error during processing",
    46: "Blocked",
    50: "Processed",
}
_DRAFT = 10


def mailbox_of(company: Company) -> dict[str, Any]:
    return {
        "ID": company.mailbox_id,
        "Mailbox": f"{company.code}@sandbox.exactonline.example",
        "Description": company.name,
        "AccountName": company.name,
        "ForDivision": None if company.mailbox_for_all else company.code,
        "ForDivisionDescription": None if company.mailbox_for_all else company.name,
        "IsScanServiceMailbox": False,
        "Type": 0,
        "ValidTo": company.mailbox_valid_to,
        "sandbox.division": company.code,
    }


def mailboxes_of(world: World, company: Company) -> list[dict[str, Any]]:
    """Return the mailboxes of the company's customer: its own first, then those of companies with the module."""
    others = (c for c in world.companies.values() if c.customer == company.customer and c is not company)
    return [mailbox_of(company), *(mailbox_of(other) for other in others if "mailbox" in other.modules)]


def mailbox_by_id(world: World, mailbox_id: str) -> dict[str, Any] | None:
    """Return a mailbox that messages can still be sent to, or from."""
    for company in world.companies.values():
        if company.mailbox_id == mailbox_id and "mailbox" in company.modules and not _expired(world, company):
            return mailbox_of(company)
    return None


def _expired(world: World, company: Company) -> bool:
    return company.mailbox_valid_to is not None and company.mailbox_valid_to < world.stamp()


def with_status(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """Return the message with the recipient's current status: a draft until it has an attachment."""
    status = row.get("sandbox.status") or _current_status(world, row)
    return row | {"RecipientStatus": status, "RecipientStatusDescription": STATUSES[status]}


def _current_status(world: World, row: dict[str, Any]) -> int:
    delivered = row.get("sandbox.delivered")
    if delivered is None:
        return _DRAFT
    recipient: Recipient = world.recipients.get(row["ForDivision"], world.recipient)
    steps = (world.clock.timestamp() - delivered) / max(recipient.step_seconds, 0.001)
    return recipient.outcome[min(int(steps), len(recipient.outcome) - 1)]
