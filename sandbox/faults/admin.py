"""The admin API for faults and clock, the same on both servers."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from sandbox.clock import Clock
from sandbox.faults.book import FaultBook, UnknownFaultError
from sandbox.faults.kinds import KINDS


class Strict(BaseModel):
    """A body that refuses unknown names."""

    model_config = ConfigDict(extra="forbid")


class NewRule(Strict):
    """A fault and the calls it applies to; an omitted condition matches every call."""

    kind: str
    endpoint: str = Field(default="*", examples=["documents/*", "oauth2/token"])
    method: str | None = None
    company: str | int | None = None
    space: str | None = None
    times: int | None = Field(default=None, ge=1)
    skip: int = Field(default=0, ge=0)
    chance: float | None = Field(default=None, ge=0, le=1)
    calls: list[int] | None = None
    params: dict[str, Any] = {}


class Seed(Strict):
    seed: str | int


class Seconds(Strict):
    seconds: float


class ClockSetting(Strict):
    """An offset from real time, or a moment at which to freeze the clock."""

    offset_seconds: float | None = None
    freeze_at: datetime | None = None
    frozen: bool | None = None


def fault_routes(book: FaultBook) -> APIRouter:
    """Return the routes that add, list, remove and replay faults."""
    routes = APIRouter(prefix="/sandbox/faults", tags=["faults"])

    @routes.get("/kinds")
    async def kinds() -> list[dict[str, Any]]:
        mine = (kind for kind in KINDS.values() if book.server in kind.servers)
        return [{"kind": kind.name, "does": kind.does, "params": dict(kind.params)} for kind in mine]

    @routes.get("")
    async def rules() -> dict[str, Any]:
        return {"seed": book.seed, "rules": [rule.as_json() for rule in book.rules]}

    @routes.post("", status_code=201)
    async def add(body: NewRule) -> dict[str, Any]:
        tenant = body.space if body.company is None else str(body.company)
        match = body.model_dump(include={"endpoint", "method", "times", "skip", "chance"})
        calls = None if body.calls is None else frozenset(body.calls)
        try:
            return book.add(body.kind, params=body.params, tenant=tenant, calls=calls, **match).as_json()
        except UnknownFaultError as error:
            raise HTTPException(422, f"unknown fault kind: {error}") from error

    @routes.delete("")
    async def remove_all() -> dict[str, int]:
        removed = len(book.rules)
        book.rules = []
        return {"removed": removed}

    @routes.delete("/{rule_id}")
    async def remove(rule_id: str) -> dict[str, bool]:
        return {"removed": book.remove(rule_id)}

    @routes.get("/log")
    async def log() -> list[dict[str, Any]]:
        return book.log

    @routes.get("/replay")
    async def replay() -> list[dict[str, Any]]:
        return book.replay()

    @routes.put("/seed")
    async def seed(body: Seed) -> dict[str, str]:
        book.seed = str(body.seed)
        return {"seed": book.seed}

    return routes


def clock_routes(clock: Clock) -> APIRouter:
    """Return the routes that read and move the clock."""
    routes = APIRouter(prefix="/sandbox/clock", tags=["clock"])

    def shown() -> dict[str, Any]:
        return {
            "now": clock.now().isoformat(),
            "offset_seconds": clock.offset,
            "frozen": clock.frozen_at is not None,
        }

    @routes.get("")
    async def read() -> dict[str, Any]:
        return shown()

    @routes.put("")
    async def change(body: ClockSetting) -> dict[str, Any]:
        if body.frozen is False:
            clock.reset()
        if body.frozen or body.freeze_at is not None:
            clock.freeze(body.freeze_at)
        if body.offset_seconds is not None:
            clock.offset = body.offset_seconds
        return shown()

    @routes.post("/advance")
    async def advance(body: Seconds) -> dict[str, Any]:
        clock.advance(body.seconds)
        return shown()

    return routes
