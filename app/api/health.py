"""Whether the process lives, and whether it can serve."""

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

_NO_DATABASE = UNAVAILABLE.because("The database does not answer.")


class Health(BaseModel):
    """All is well."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Is the process alive")
async def healthz() -> Health:
    """Says nothing about the database: a restart does not help where that is away."""
    return Health()


@router.get("/readyz", summary="Can it serve", responses=documented(no_database=_NO_DATABASE))
async def readyz(request: Request) -> Health:
    """The database is reachable and at the newest migration."""
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
