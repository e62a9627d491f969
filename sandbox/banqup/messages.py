"""Banqup's messages: signed, posted to the listener, and retried until it accepts them."""

import asyncio
import json
import random
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.banqup.issuer import Issuer
from sandbox.banqup.signing import bearer_headers, new_secret, standard_headers
from sandbox.clock import Clock

_BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(slots=True)
class Listener:
    """Where and how messages are delivered; the last backoff repeats."""

    url: str | None = None
    secret: str = field(default_factory=new_secret)
    auth: str = "standard-webhooks"
    audience: str = "banqup-exact-webhooks"
    shuffle: bool = False
    shuffle_seconds: float = 0.5
    repeat: float = 0.0
    paused: bool = False
    backoff_seconds: tuple[float, ...] = _BACKOFF
    attempts: int = 200
    parallel: int = 8
    timeout_seconds: float = 10.0
    seed: int = 0


@dataclass(slots=True)
class Delivery:
    """The delivery of one message, with a log of its attempts."""

    message: dict[str, Any]
    body: bytes
    message_id: str
    state: str = "waiting"
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "message_id": self.message_id,
            "type": self.message.get("type"),
            "data": self.message.get("data"),
            "state": self.state,
            "attempts": self.attempts,
        }


class Messenger:
    """Posts messages in the background, in no particular order."""

    def __init__(self, clock: Clock, issuer: Issuer, listener: Listener) -> None:
        self.clock, self.issuer, self.first = clock, issuer, listener
        self.client: httpx.AsyncClient | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self.listener = listener
        self.clear()

    def clear(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.tasks = set()
        self.deliveries: list[Delivery] = []
        self.configure(self.first)

    def configure(self, listener: Listener) -> None:
        self.listener = listener
        self.places = asyncio.Semaphore(listener.parallel)
        self.chance = random.Random(listener.seed)  # noqa: S311  # repeatable order, no secret

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.client is not None:
            await self.client.aclose()
            self.client = None

    def post(self, message: dict[str, Any]) -> Delivery:
        """Enqueue a message; a share of `repeat` goes out twice, as after a lost response."""
        message = {"id": str(uuid.uuid4())} | message
        delivery = Delivery(message, json.dumps(message).encode(), str(message["id"]))
        self._begin(delivery)
        if self.chance.random() < self.listener.repeat:
            self._begin(Delivery(message, delivery.body, delivery.message_id))
        return delivery

    def redeliver(self, message_id: str) -> Delivery | None:
        """Deliver a message again under the same ID; return None if it is unknown."""
        for known in self.deliveries:
            if known.message_id == message_id:
                repeated = Delivery(known.message, known.body, known.message_id)
                self._begin(repeated)
                return repeated
        return None

    def resume(self) -> None:
        """Send the messages held while paused or without a listener."""
        for delivery in self.deliveries:
            if delivery.state == "held":
                self._run(self._deliver(delivery))

    def _begin(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        if self.listener.paused or self.listener.url is None:
            delivery.state = "held"
        else:
            self._run(self._deliver(delivery))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        listener = self.listener
        delivery.state = "waiting"
        if listener.shuffle:
            await asyncio.sleep(self.chance.random() * listener.shuffle_seconds)
        for attempt in range(listener.attempts):
            async with self.places:
                status = await self._attempt(delivery)
            if 200 <= status < 300:
                delivery.state = "delivered"
                return
            await asyncio.sleep(listener.backoff_seconds[min(attempt, len(listener.backoff_seconds) - 1)])
        delivery.state = "given up"

    async def _attempt(self, delivery: Delivery) -> int:
        """Post the message once; return the status, or 0 without a response."""
        if self.client is None:
            limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
            self.client = httpx.AsyncClient(trust_env=False, limits=limits)
        entry: dict[str, Any] = {"at": self.clock.now().isoformat(), "status": 0, "answer": ""}
        delivery.attempts.append(entry)
        try:
            answer = await self.client.post(
                f"{str(self.listener.url).rstrip('/')}/messages",
                content=delivery.body,
                headers={"content-type": "application/json"} | self._signed(delivery),
                timeout=self.listener.timeout_seconds,
            )
        except httpx.HTTPError as error:
            entry["answer"] = type(error).__name__
            return 0
        entry |= {"status": answer.status_code, "answer": answer.text[:500]}
        return answer.status_code

    def _signed(self, delivery: Delivery) -> dict[str, str]:
        listener = self.listener
        if listener.auth == "jwt":
            return bearer_headers(
                self.issuer, message_id=delivery.message_id, audience=listener.audience, body=delivery.body
            )
        return standard_headers(
            listener.secret,
            message_id=delivery.message_id,
            timestamp=int(self.clock.timestamp()),
            body=delivery.body,
        )
