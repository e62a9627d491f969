"""The inbox: one commit stores a message of Banqup once, enqueues its exports and wakes their lanes.

Many requests share a commit: each waits for the one with its message, so no answer comes before its commit, and up to
two hundred messages take one statement.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.exc import DataError
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.storage.db import Sessions
from app.storage.models import Message
from app.vocabulary import MessageOutcome, Trigger

_MOST_AT_ONCE = 200
# Banqup repeats a message for days at most.
_REMEMBERED_FOR = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class IncomingMessage:
    """What the inbox keeps of a message; `trigger` is None if it exports nothing."""

    message_id: str
    category: str | None
    type: str | None
    business_space_id: UUID | None
    document_id: UUID | None
    trigger: Trigger | None


@dataclass(frozen=True)
class Receipt:
    """The outcome of a message; `duplicate` if it was stored before, else also whether it enqueued an export."""

    outcome: MessageOutcome | Literal["duplicate"]

    @property
    def duplicate(self) -> bool:
        """Whether the message had been stored before."""
        return self.outcome == "duplicate"


DUPLICATE = Receipt("duplicate")
Batch = list[tuple[IncomingMessage, asyncio.Future[Receipt]]]


# Returns one row per new message, none for a repeated one. A new message about an ended export requeues it with a
# lookup first; one about a queued export only raises its `generation`.
_ACCEPT = text("""
with incoming as (
    select distinct on (id) * from unnest(cast(:ids as text[]), cast(:categories as text[]), cast(:types as text[]),
        cast(:spaces as uuid[]), cast(:documents as uuid[]), cast(:triggers as text[]))
        with ordinality as t (id, category, type, space_id, document_id, trigger, place)
), target as (
    select d.id as message_id, d.document_id, d.trigger, d.place, a.id as activation_id, a.installation_id, a.lane_id,
        a.division, a.business_space_id, a.activated_at
    from incoming d
    join activation a on a.business_space_id = d.space_id and a.ended_at is null
    join installation i on i.id = a.installation_id and i.active and i.uninstalled_at is null
    where d.trigger is not null and d.document_id is not null
), fresh as (
    insert into message (id, installation_id, category, type, business_space_id, document_id, received_at, outcome)
    select d.id, (select t.installation_id from target t where t.message_id = d.id limit 1), d.category, d.type,
        d.space_id, d.document_id, now() + :offset,
        case when d.trigger is null or d.document_id is null then 'ignored'
             when exists (select from target t where t.message_id = d.id) then 'queued' else 'unknown_space' end
    from incoming d order by d.id
    on conflict do nothing
    returning id, outcome
), queued as (
    insert into export (installation_id, lane_id, activation_id, business_space_id, document_id, division, trigger,
        eligible_from, event_at, due_at, created_at)
    select installation_id, lane_id, activation_id, business_space_id, document_id, division, trigger,
        activated_at, now() + :offset, now() + :offset, now() + :offset
    from (select distinct on (installation_id, business_space_id, document_id, division) *
          from target where message_id in (select id from fresh)) t
    order by place
    on conflict (business_space_id, document_id, division, installation_id) do update set
        generation = export.generation + 1, activation_id = excluded.activation_id, trigger = excluded.trigger,
        status = 'queued', blocks_lane = true,
        look_first = export.look_first or (export.status <> 'queued'
            and (export.intent_at is not null or export.exact_id is not null)),
        unclear_posts = case when export.status = 'queued' then export.unclear_posts else 0 end,
        left_out = case when export.status = 'queued' then export.left_out else '{}' end,
        search_calls = case when export.status = 'queued' then export.search_calls else 0 end,
        reason = case when export.status = 'queued' then export.reason end,
        ended_at = null,
        failures = case when export.status = 'queued' then export.failures else 0 end,
        failing_since = case when export.status = 'queued' then export.failing_since end,
        due_at = case when export.status = 'queued' then export.due_at else excluded.due_at end,
        event_at = case when export.status = 'queued' then export.event_at else excluded.event_at end
    returning id, installation_id, lane_id, generation
), noted as (
    insert into export_event (export_id, installation_id, at, event)
    select id, installation_id, now() + :offset, case when generation = 1 then 'received' else 'received_again' end
    from queued
), woken as (
    update lane set wake_seq = wake_seq + 1, due_at = case when leased then due_at
        else greatest(blocked_until, least(due_at, now() + :offset)) end
    where id in (select id from lane where id in (select lane_id from queued) order by id for no key update)
)
select id, outcome from fresh
""")


async def accept(session: AsyncSession, messages: Sequence[IncomingMessage], *, clock: Clock) -> dict[str, Receipt]:
    """Store messages, enqueue their exports and wake their lanes in one statement; the caller commits."""
    rows = await session.execute(
        _ACCEPT,
        {
            "ids": [message.message_id for message in messages],
            "categories": [message.category for message in messages],
            "types": [message.type for message in messages],
            "spaces": [message.business_space_id for message in messages],
            "documents": [message.document_id for message in messages],
            "triggers": [message.trigger for message in messages],
            "offset": clock.offset,
        },
    )
    fresh = {row.id: Receipt(row.outcome) for row in rows}
    return {message.message_id: fresh.get(message.message_id, DUPLICATE) for message in messages}


async def delete_old_messages(session: AsyncSession, *, clock: Clock) -> None:
    """Delete the ids of messages that Banqup no longer repeats."""
    await session.execute(delete(Message).where(Message.received_at < clock.sql() - _REMEMBERED_FOR))


class Inbox:
    """Takes messages from many requests at once and answers each after the commit that stores it."""

    def __init__(self, sessions: Sessions, *, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._waiting: Batch = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, message: IncomingMessage) -> Receipt:
        """Store a message. Raises the database's error if the commit fails."""
        committed: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, committed))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await committed

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            await self._commit(batch)

    async def _commit(self, batch: Batch) -> None:
        try:
            async with self._sessions.begin() as session:
                receipts = await accept(session, [message for message, _ in batch], clock=self._clock)
        except DataError as error:
            await self._commit_apart(batch, error)
        except Exception as error:  # every waiting request must get it
            _fail(batch, error)
        else:
            _answer(batch, receipts)

    async def _commit_apart(self, batch: Batch, error: DataError) -> None:
        """Commit each message alone: one that the database refuses must not fail the others."""
        if len(batch) == 1:
            return _fail(batch, error)
        for one in batch:
            await self._commit([one])
        return None


def _answer(batch: Batch, receipts: dict[str, Receipt]) -> None:
    answered: set[str] = set()
    for message, committed in batch:
        receipt = receipts[message.message_id]
        if message.message_id in answered:  # twice in one commit
            receipt = DUPLICATE
        answered.add(message.message_id)
        if not committed.done():
            committed.set_result(receipt)


def _fail(batch: Batch, error: Exception) -> None:
    for _, committed in batch:
        if not committed.done():
            committed.set_exception(error)
