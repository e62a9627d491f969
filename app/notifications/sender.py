"""The sender: delivers notifications as Standard Webhooks, at least once, never to an address in our own network."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from app import audit, log
from app.clock import Clock
from app.crypto import CannotOpen, Sealer, UnknownKey
from app.errors import Problem
from app.notifications import outbox
from app.notifications.outbox import Due
from app.outbound.addresses import DestinationRefused, vet_destination
from app.outbound.exchange import status_of
from app.reasons import DESTINATION_REFUSED
from app.storage.db import Sessions
from app.storage.models import InstallationId, NotificationTarget

DEADLINE = 10.0  # seconds for a whole exchange
MOST_AT_ONCE = 50

_log = log.get(__name__)


@dataclass(frozen=True, kw_only=True)
class Notifier:
    """Sets targets and delivers notifications; `allow_private` permits private addresses, for the sandbox."""

    sessions: Sessions
    http: httpx.AsyncClient
    sealer: Sealer
    clock: Clock
    allow_private: bool
    _sending: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    async def set_target(self, installation_id: InstallationId, url: str) -> tuple[NotificationTarget, str]:
        """Set the target; return it with its signing secret, which is shown only once. Raises `Problem`."""
        try:
            await vet_destination(url, allow_private=self.allow_private)
        except DestinationRefused as error:
            raise Problem(DESTINATION_REFUSED.because(str(error))) from None
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        sealed = self.sealer.seal(secret, row=identity_of(installation_id))
        async with self.sessions.begin() as session:
            before = await outbox.target_of(session, installation_id)
            before_url = before.url if before else None
            await outbox.set_target(session, installation_id, url=url, secret=sealed, clock=self.clock)
            target = await outbox.target_of(session, installation_id)
            await audit.record(
                session,
                installation_id,
                "notification_target_set",
                before=outbox.shown(before_url),
                after=outbox.shown(url),
                clock=self.clock,
            )
        assert target is not None
        return target, secret

    async def send_due(self) -> int:
        """Send the first due notification of each installation; return their number."""
        started = await self.start_due()
        await asyncio.gather(*started)
        return len(started)

    async def start_due(self) -> list[asyncio.Task[None]]:
        """Begin to send what is due, as `send_due`, and wait for no answer: a slow target delays no other."""
        room = MOST_AT_ONCE - len(self._sending)
        if room <= 0:
            return []
        async with self.sessions.begin() as session:
            due = await outbox.claim(session, most=room, clock=self.clock)
        started = [asyncio.create_task(self._send(one)) for one in due]
        for task in started:
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return started

    async def finish(self) -> None:
        """Wait for the answers under way, before the process ends."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, due: Due) -> None:
        outcome = await self._post(due)
        async with self.sessions.begin() as session:
            if outcome is None:
                await outbox.mark_delivered(session, due.notification.id, clock=self.clock)
            else:
                await outbox.mark_failed(session, due.notification, outcome, clock=self.clock)
        _log.info(
            "notification",
            id=str(due.notification.id),
            event_type=due.notification.type,
            outcome=outcome or "delivered",
        )

    async def _post(self, due: Due) -> str | None:
        """Return None if the target accepted it with a 2xx status, else the outcome."""
        body, now = _body(due), self.clock.now()
        try:
            secret = self.sealer.open(due.secret, row=identity_of(due.notification.installation_id))
        except CannotOpen:
            return "secret_cannot_be_opened"
        except UnknownKey:
            _log.error("secret_key_unknown", installation=str(due.notification.installation_id))
            return "secret_key_unknown"
        key = base64.b64decode(secret.removeprefix("whsec_"))
        headers = {**sign(str(due.notification.id), body, key=key, now=now), "Content-Type": "application/json"}
        try:
            url, host = await vet_destination(due.url, allow_private=self.allow_private)
            status = await status_of(
                self.http,
                "POST",
                url,
                within=DEADLINE,
                headers={**headers, "Host": host},
                content=body,
                extensions={"sni_hostname": httpx.URL(due.url).host},
            )
        except DestinationRefused:
            return "refused_destination"
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if 200 <= status < 300 else f"status_{status}"


def sign(message_id: str, body: bytes, *, key: bytes, now: datetime) -> dict[str, str]:
    """Return the Standard Webhooks headers."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _body(due: Due) -> bytes:
    one = due.notification
    content = {"type": one.type, "timestamp": one.at.isoformat(), "data": one.data}
    return json.dumps(content, separators=(",", ":")).encode()


def identity_of(installation_id: InstallationId) -> str:
    """Return the identity that a target's secret is sealed for."""
    return f"notification_target:{installation_id}"
