"""The operator's release of a client from a Partner Space that must not have it."""

import getpass
from uuid import UUID

from sqlalchemy import select

from app import audit
from app.audit import Actor
from app.clock import Clock
from app.notifications import events, outbox
from app.onboarding import binding_of
from app.partners import activations, installations
from app.queue import exports
from app.reasons import DEACTIVATED
from app.storage import db
from app.storage.models import Activation, Installation


async def release_client(database_url: str, business_space_id: UUID) -> UUID | None:
    """End the client's activation; return the Partner Space that had it, or None if the client is not active."""
    operator = Actor(kind="operator", name=getpass.getuser())
    async with db.opened(database_url, pool_size=1) as sessions, sessions.begin() as session:
        activation = await session.scalar(
            select(Activation).where(Activation.business_space_id == business_space_id, Activation.ended_at.is_(None))
        )
        if activation is None:
            return None
        installation_id, clock = activation.installation_id, Clock()
        await installations.lock(session, installation_id)
        await activations.end_activation(session, activation, because="deactivated", clock=clock)
        reason = DEACTIVATED.because("The operator released the client while the document was waiting.")
        await exports.cancel_queued(session, installation_id, activation_id=activation.id, reason=reason, clock=clock)
        await outbox.enqueue(session, installation_id, events.client_deactivated(activation), clock=clock)
        with audit.acting_as(operator):
            before = binding_of(activation)
            await audit.record(
                session, installation_id, "client_released", subject=business_space_id, before=before, clock=clock
            )
        return (await session.get_one(Installation, installation_id)).partner_space_id
