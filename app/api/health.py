"""Liveness and readiness checks."""

from functools import lru_cache
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.api.problems import RETRY_AFTER, documented
from app.errors import Problem
from app.reasons import UNAVAILABLE
from app.storage import db, schema
from app.storage.db import Sessions

router = APIRouter(tags=["Operation"])

_NO_DATABASE = UNAVAILABLE.because("The database does not respond.")


class Health(BaseModel):
    """The check passed."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Check liveness")
async def healthz() -> Health:
    """Return ok while the process runs. The database is not checked: a restart would not help."""
    return Health()


@router.get("/readyz", summary="Check readiness", responses=documented(no_database=_NO_DATABASE))
async def readyz(request: Request) -> Health:
    """Return ok if the database responds and is at the newest migration."""
    sessions: Sessions = request.app.state.sessions
    try:
        async with sessions() as session:
            revision = await (await session.connection()).run_sync(schema.current)
    except Exception as error:
        if not db.is_away(error):
            raise
        raise Problem(_NO_DATABASE, headers=RETRY_AFTER) from error
    if _is_behind(revision):
        sentence = f"The database is at migration {revision}, not at {schema.newest()}. Run: banqup-exact migrate"
        raise Problem(UNAVAILABLE.because(sentence), headers=RETRY_AFTER)
    return Health()


_is_behind = lru_cache(schema.is_behind)
