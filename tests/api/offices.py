"""A partner with one client, whose documents the tests let arrive and end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import select, text, update

from app.clock import Clock
from app.exact.route import CreatedDocument
from app.queue import exports, kept_ubl, write_ahead
from app.queue.description import Description
from app.reasons import (
    DOCUMENT_INVALID,
    Reason,
)
from app.storage.models import Export, Lane
from app.vocabulary import ExportGrade, Folder
from tests.api.running import Api, message

Ended = Literal["error", "not_exported"]

CLOCK = Clock()
INVALID = DOCUMENT_INVALID.because("The total is not the sum of the lines.", findings=[{"rule": "BR-CO-10"}])


@dataclass
class Office:
    """A partner with one client, whose documents the tests let arrive and end."""

    desk: Api
    space: UUID
    client: UUID

    async def arrived(self, client: UUID | None = None, **more: Any) -> UUID:
        """A message about a new document; gives its export."""
        document = uuid4()
        answer = await self.desk.post_message(message(client or self.client, document, **more))
        assert answer.json()["duplicate"] is False
        async with self.desk.services.sessions() as session:
            found = await session.scalar(select(Export.id).where(Export.document_id == document))
        assert found is not None
        return found

    async def ended(self, status: Ended = "error", reason: Reason = INVALID) -> UUID:
        export_id = await self.arrived()
        async with self.desk.services.sessions.begin() as session:
            export = await session.get_one(Export, export_id)
            await exports.end(session, export, status, reason=reason, generation=1, clock=CLOCK)
        return export_id

    async def exported(self, ubl: bytes = b"<Invoice/>", grade: ExportGrade = "peppol") -> UUID:
        """An export that is in Exact, described and with its UBL."""
        export_id = await self.arrived()
        description = Description(
            folder=Folder.PURCHASES,
            kind="invoice",
            number="2026-7",
            issue_date=datetime(2026, 11, 2, tzinfo=UTC).date(),
            seller="Drukkerij Peeters BV",
            seller_key="0417497106",
            buyer=None,
            currency="EUR",
            amount=Decimal("1210.00"),
            origin="banqup",
            grade=grade,
            losses=["A logo was left out."],
            ubl_sha256="ab" * 32,
            subject="BQ-ABC Invoice 2026-7",
        )
        async with self.desk.services.sessions.begin() as session:
            export = await exports.describe(session, await session.get_one(Export, export_id), description)
            await kept_ubl.store(session, export, ubl, kept_for=timedelta(days=30), clock=CLOCK)
            created = CreatedDocument(id=uuid4(), number="17", url="https://exact.example/17")
            export = await write_ahead.record_document(session, export, created)
            await exports.mark_ready(session, export, clock=CLOCK)
        return export_id

    async def get(self, path: str = "") -> Any:
        answer = await self.desk.at("GET", self.space, f"/exports{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def lane(self, export_id: UUID) -> Lane:
        async with self.desk.services.sessions() as session:
            query = select(Lane).join(Export, Export.lane_id == Lane.id).where(Export.id == export_id)
            return (await session.scalars(query)).one()

    async def sleep_lane(self, export_id: UUID) -> None:
        """As a worker leaves the lane when nothing waits."""
        lane = await self.lane(export_id)
        async with self.desk.services.sessions.begin() as session:
            await session.execute(update(Lane).where(Lane.id == lane.id).values(due_at=text("'infinity'")))
