"""Seals every stored secret with the newest key, in batches, while the service runs."""

import getpass
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from app import audit
from app.audit import Actor
from app.clock import Clock
from app.crypto import CannotOpen, Sealer, UnknownKey
from app.exact import sealed_pair
from app.exact.sealed_pair import SEALED_FOR_COLUMN
from app.notifications.sender import identity_of
from app.queries import sealed
from app.storage import db, steps
from app.storage.db import Sessions
from app.storage.models import NotificationTarget, TokenChain

BATCH = 50


@dataclass
class Resealed:
    """How many values the newest key seals now, and how many could not be opened and stay as they were."""

    done: int = 0
    unopened: int = 0


async def reseal(database_url: str, sealer: Sealer) -> Resealed:
    """Re-seal all rows of a database, tokens for their column; no process of the previous version may run."""
    async with db.opened(database_url, pool_size=1) as sessions:
        count = Resealed()
        await _begin(sessions, sealer)
        await _reseal_chains(sessions, sealer, count)
        await _reseal_targets(sessions, sealer, count)
        return count


async def _begin(sessions: Sessions, sealer: Sealer) -> None:
    """From now on, all processes seal new tokens for their column; so none escapes that is sealed for its row."""
    async with sessions.begin() as session:
        before = {key_id.hex(): total for key_id, total in await sealed.count_by_key(session)}
        await steps.complete(session, SEALED_FOR_COLUMN)
        with audit.acting_as(Actor(kind="operator", name=getpass.getuser())):
            after = {"key": sealer.key_ids[0].hex()}
            await audit.record(session, None, "secrets_resealed", before=before, after=after, clock=Clock())


async def _reseal_chains(sessions: Sessions, sealer: Sealer, count: Resealed) -> None:
    key = tuple_(TokenChain.host, TokenChain.client_id, TokenChain.exact_user_id)
    query = select(TokenChain).order_by(key).limit(BATCH).with_for_update(key_share=True)
    following = query
    while True:
        async with sessions.begin() as session:
            chains = list(await session.scalars(following))
            for chain in chains:
                _reseal_chain(sealer, chain, count)
        if len(chains) < BATCH:
            return
        last = chains[-1]
        following = query.where(key > (last.host, last.client_id, last.exact_user_id))


def _reseal_chain(sealer: Sealer, chain: TokenChain, count: Resealed) -> None:
    for kind in sealed_pair.KINDS:
        if getattr(chain, kind) is None:
            continue
        try:
            token = sealed_pair.open_(sealer, chain, kind)
            sealed_pair.seal(sealer, chain, kind, token, for_column=True)
            count.done += 1
        except (CannotOpen, UnknownKey):
            count.unopened += 1


async def _reseal_targets(sessions: Sessions, sealer: Sealer, count: Resealed) -> None:
    query = select(NotificationTarget).order_by(NotificationTarget.installation_id).limit(BATCH).with_for_update()
    following = query
    while True:
        async with sessions.begin() as session:
            targets = list(await session.scalars(following))
            for target in targets:
                _reseal_target(sealer, target, count)
        if len(targets) < BATCH:
            return
        following = query.where(NotificationTarget.installation_id > targets[-1].installation_id)


def _reseal_target(sealer: Sealer, target: NotificationTarget, count: Resealed) -> None:
    identity = identity_of(target.installation_id)
    try:
        target.secret = sealer.seal(sealer.open(target.secret, row=identity), row=identity)
        count.done += 1
    except (CannotOpen, UnknownKey):
        count.unopened += 1
