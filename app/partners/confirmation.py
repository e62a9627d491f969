"""What a partner must confirm: steps that stop the export of all clients."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Problem
from app.partners import activations
from app.queue import exports
from app.reasons import CONFIRMATION_REQUIRED
from app.storage.models import Installation


async def expect_confirmed(
    session: AsyncSession, installation: Installation, *, confirmed: bool, waiting_are: str = "left out"
) -> None:
    """Raise `Problem` with the clients and documents concerned unless the step is confirmed."""
    if confirmed:
        return
    clients = await activations.count_active_clients(session, installation.id)
    waiting = await exports.count_queued(session, installation.id)
    sentence = f"This stops the export. Active clients: {clients}. Waiting documents {waiting_are}: {waiting}."
    raise Problem(CONFIRMATION_REQUIRED.because(sentence, clients=clients, waiting=waiting))
