"""A process of its own in which many tasks ask for the access token of the one connection there is.

`python -m tests.service.refreshing`: settings as JSON on standard input, the tokens that were given as JSON on standard
output, one line.
"""

import asyncio
import json
import sys
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.clock import Clock
from app.exact.account import account_of
from app.exact.apps import app_in
from app.exporting import opened
from app.storage.models import Connection
from tests.configuration import settings_of

TASKS = 40


async def ask(values: dict[str, Any], clock: Clock) -> list[str]:
    """What so many tasks at once are given."""
    settings = settings_of(values)
    async with opened(settings, clock=clock) as exporter:
        async with exporter.sessions() as session:
            connection = (await session.scalars(select(Connection))).one()
        account, app = account_of(connection), app_in(settings, "be")
        return list(await asyncio.gather(*(exporter.tokens.current(app, account) for _ in range(TASKS))))


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    moved = Clock(timedelta(seconds=wanted["offset_seconds"]))
    sys.stdout.write(json.dumps(asyncio.run(ask(wanted["settings"], moved))) + "\n")
