"""Liveness and readiness checks."""

from functools import lru_cache
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.problems import RETRY_AFTER, documented
from app.errors import Problem
from app.queries.sealed import KeyCheck
from app.reasons import SECRET_KEY_MISSING, UNAVAILABLE
from app.storage import db, schema
from app.storage.db import Sessions

router = APIRouter(tags=["Operation"])

_NO_DATABASE = UNAVAILABLE.because("The database does not respond.")
_READ_ONLY = UNAVAILABLE.because("The database is read-only.")
_NO_KEY = SECRET_KEY_MISSING.because("Stored secrets are sealed with a key that SECRET_KEYS does not list.")


class Health(BaseModel):
    """The check passed."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Check liveness")
async def healthz() -> Health:
    """Return ok while the process runs. The database is not checked: a restart would not help."""
    return Health()


@router.get("/readyz", summary="Check readiness", responses=documented(no_database=_NO_DATABASE, no_key=_NO_KEY))
async def readyz(request: Request) -> Health:
    """Return ok if the database accepts writes, is at the newest migration, and our keys open its secrets."""
    sessions: Sessions = request.app.state.sessions
    try:
        async with sessions() as session:
            await _expect_fit(session, request.app.state.key_check)
    except Exception as error:
        if not db.is_away(error):
            raise
        raise Problem(_NO_DATABASE, headers=RETRY_AFTER) from error
    return Health()


async def _expect_fit(session: AsyncSession, key_check: KeyCheck) -> None:
    revision = await (await session.connection()).run_sync(schema.current)
    if _is_behind(revision):
        sentence = f"The database is at migration {revision}, not at {schema.newest()}. Run: banqup-exact migrate"
        raise Problem(UNAVAILABLE.because(sentence), headers=RETRY_AFTER)
    if await session.scalar(text("select current_setting('transaction_read_only')")) == "on":
        raise Problem(_READ_ONLY, headers=RETRY_AFTER)
    if await key_check.lacks_key(session):
        raise Problem(_NO_KEY, headers=RETRY_AFTER)


_is_behind = lru_cache(schema.is_behind)
