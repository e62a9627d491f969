"""Chooses the route of a client's documents into Exact; looks up once what the route needs, and keeps it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app.clock import Clock
from app.convert.conversion import Trader
from app.delivery.posting import Route
from app.errors import Rejected
from app.exact import mailboxes, relations
from app.exact.client import Exact
from app.exact.details import Detail
from app.exact.documents import DocumentsRoute
from app.exact.mailboxes import Mailboxes
from app.exact.postbox import PostboxRoute
from app.storage.db import Sessions
from app.storage.models import Activation, Lane, Relation

FOUND_KEPT_FOR = timedelta(days=30)
MISS_KEPT_FOR = timedelta(days=1)
# A mailbox may expire, or be replaced.
MAILBOXES_KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Router:
    """Chooses the route of a client's activation."""

    sessions: Sessions
    clock: Clock
    ubl_type: int

    async def route_for(
        self, exact: Exact, activation: Activation, counterparty: Trader, *, readable: bool = False
    ) -> Route:
        """Return the route of one document; a readable one always goes to the documents.

        Raises `Rejected` if a mailbox is missing, `TryLater` as Exact does.
        """
        division = activation.division
        if activation.route == "postbox" and not readable:
            found = await self._mailboxes(exact, activation)
            return PostboxRoute(exact=exact, division=division, mailboxes=found, ubl_type=self.ubl_type)
        account, refused = None, frozenset[Detail]()
        if activation.relation != "none":
            try:
                account = await self._relation(exact, activation, counterparty)
            except Rejected:
                refused = frozenset({Detail.ACCOUNT})
        return DocumentsRoute(
            exact=exact,
            division=division,
            account=account,
            category=activation.category,
            folder=activation.folder,
            refused=refused,
        )

    async def _mailboxes(self, exact: Exact, activation: Activation) -> Mailboxes:
        async with self.sessions() as session:
            lane = await session.get_one(Lane, activation.lane_id)
        kept = self._kept_mailboxes(lane, activation)
        if kept is not None:
            return kept
        now = self.clock.now()
        found = await mailboxes.find_mailboxes(exact, activation.division, named=activation.mailbox, now=now)
        values = {"sender_mailbox": found.sender, "recipient_mailbox": found.recipient}
        looked_up = {"mailbox_named": activation.mailbox, "mailboxes_at": now}
        async with self.sessions.begin() as session:
            await session.execute(update(Lane).where(Lane.id == activation.lane_id).values(**values, **looked_up))
        return found

    def _kept_mailboxes(self, lane: Lane, activation: Activation) -> Mailboxes | None:
        """Return the mailboxes as looked up within an hour for the same name."""
        if lane.sender_mailbox is None or lane.recipient_mailbox is None or lane.mailbox_named != activation.mailbox:
            return None
        if lane.mailboxes_at is None or self.clock.now() - lane.mailboxes_at > MAILBOXES_KEPT_FOR:
            return None
        return Mailboxes(lane.sender_mailbox, lane.recipient_mailbox)

    async def _relation(self, exact: Exact, activation: Activation, party: Trader) -> UUID | None:
        key = party.vat_number or party.enterprise_number
        if key is None:
            return None
        async with self.sessions() as session:
            known = await session.get(Relation, (activation.installation_id, activation.division, key))
        if known is not None:
            kept_for = MISS_KEPT_FOR if known.account_id is None else FOUND_KEPT_FOR
            if self.clock.now() - known.looked_up_at < kept_for:
                return known.account_id
        return await self._look_up(exact, activation, party, key)

    async def _look_up(self, exact: Exact, activation: Activation, party: Trader, key: str) -> UUID | None:
        division = activation.division
        numbers = {"vat_number": party.vat_number, "enterprise_number": party.enterprise_number}
        account = await relations.find(exact, division, **numbers)
        if account is None and activation.relation == "create":
            account = await relations.create(exact, division, name=party.name, **numbers)
        values = {"account_id": account, "looked_up_at": self.clock.now()}
        keys = {"installation_id": activation.installation_id, "division": division, "party": key}
        async with self.sessions.begin() as session:
            await session.execute(
                insert(Relation).values(**keys, **values).on_conflict_do_update(index_elements=list(keys), set_=values)
            )
        return account
