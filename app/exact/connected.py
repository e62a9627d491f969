"""The one place that builds a client for a connection."""

import httpx

from app.clock import Clock
from app.exact.access_tokens import ChainToken
from app.exact.account import account_of
from app.exact.apps import app_of
from app.exact.client import Exact, Pace
from app.exact.tokens import Tokens
from app.settings import Settings
from app.storage.models import Connection


def connected(
    connection: Connection, *, settings: Settings, tokens: Tokens, http: httpx.AsyncClient, pace: Pace, clock: Clock
) -> Exact:
    """Return a client with the connection's app, host and token chain."""
    app = app_of(settings, host=connection.host, client_id=connection.client_id)
    token = ChainToken(tokens, app=app, account=account_of(connection))
    return Exact(http, connection.host, token=token, pace=pace, clock=clock)
