"""The sender: delivers notifications as Standard Webhooks, at least once, never to an address in our own network."""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from app import log
from app.clock import Clock
from app.crypto import CannotOpen, Sealer
from app.errors import Problem
from app.notifications import outbox
from app.notifications.outbox import Due
from app.reasons import DESTINATION_REFUSED
from app.storage.db import Sessions
from app.storage.models import InstallationId, NotificationTarget

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
MOST_AT_ONCE = 20

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_log = log.get(__name__)


class DestinationRefused(Exception):
    """The destination is not allowed; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Notifier:
    """Sets targets and delivers notifications; `allow_private` permits private addresses, for the sandbox."""

    sessions: Sessions
    http: httpx.AsyncClient
    sealer: Sealer
    clock: Clock
    allow_private: bool

    async def set_target(self, installation_id: InstallationId, url: str) -> tuple[NotificationTarget, str]:
        """Set the target; return it with its signing secret, which is shown only once. Raises `Problem`."""
        try:
            await vet_destination(url, allow_private=self.allow_private)
        except DestinationRefused as error:
            raise Problem(DESTINATION_REFUSED.because(str(error))) from None
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        sealed = self.sealer.seal(secret, row=_row(installation_id))
        async with self.sessions.begin() as session:
            await outbox.set_target(session, installation_id, url=url, secret=sealed, clock=self.clock)
            target = await outbox.target_of(session, installation_id)
        assert target is not None
        return target, secret

    async def send_due(self) -> int:
        """Send the first due notification of each installation; return their number."""
        async with self.sessions.begin() as session:
            due = await outbox.claim(session, most=MOST_AT_ONCE, clock=self.clock)
        await asyncio.gather(*(self._send(one) for one in due))
        return len(due)

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
            secret = self.sealer.open(due.secret, row=_row(due.notification.installation_id))
        except CannotOpen:
            return "secret_cannot_be_opened"
        key = base64.b64decode(secret.removeprefix("whsec_"))
        headers = {**sign(str(due.notification.id), body, key=key, now=now), "Content-Type": "application/json"}
        try:
            url, host = await vet_destination(due.url, allow_private=self.allow_private)
            response = await self.http.post(
                url,
                content=body,
                headers={**headers, "Host": host},
                timeout=TIMEOUT,
                extensions={"sni_hostname": host.partition(":")[0]},
            )
        except DestinationRefused:
            return "refused_destination"
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if response.is_success else f"status_{response.status_code}"


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


def _row(installation_id: InstallationId) -> str:
    return f"notification_target:{installation_id}"


async def vet_destination(url: str, *, allow_private: bool) -> tuple[str, str]:
    """Return the URL with its host replaced by the vetted address, and the original host with its port.

    Connecting to the vetted address prevents DNS rebinding. Raises `DestinationRefused`.
    """
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        raise DestinationRefused("The URL has no valid host or port.") from None
    if not name or parts.username or parts.scheme not in ("http", "https"):
        raise DestinationRefused("The URL must be https, without credentials.")
    if allow_private:
        return url, parts.netloc
    if parts.scheme != "https":
        raise DestinationRefused("The URL must be https.")
    address = await _public_address(name, port or 443)
    literal = f"[{address}]" if address.version == 6 else str(address)
    return parts._replace(netloc=f"{literal}:{port or 443}").geturl(), parts.netloc


async def _public_address(name: str, port: int) -> _Address:
    """Return the address of a name or literal; raise `DestinationRefused` unless all its addresses are public."""
    try:
        addresses = [ipaddress.ip_address(name)]
    except ValueError:
        addresses = await _resolved(name, port)
    if not addresses or not all(_is_public(address) for address in addresses):
        raise DestinationRefused("The host does not resolve to a public address.")
    return addresses[0]


async def _resolved(name: str, port: int) -> list[_Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise DestinationRefused(f"The host {name} does not resolve.") from None
    return [ipaddress.ip_address(entry[4][0]) for entry in found]


def _is_public(address: _Address) -> bool:
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (inner or address).is_global and not address.is_multicast
