"""The API of Exact as the user of a connection sees it."""

import httpx

from app.clock import Clock
from app.exact.apps import app_of
from app.exact.client import Exact, Pace
from app.exact.tokens import Account, ChainToken, Tokens
from app.settings import Settings
from app.storage.models import Connection


def account_of(connection: Connection) -> Account:
    """Return the key of the token chain that a connection uses."""
    return Account(connection.host, connection.client_id, connection.exact_user_id)


def connected(
    connection: Connection, *, settings: Settings, tokens: Tokens, http: httpx.AsyncClient, pace: Pace, clock: Clock
) -> Exact:
    """Return the API, with the connection's own app, host and token chain."""
    app = app_of(settings, host=connection.host, client_id=connection.client_id)
    token = ChainToken(tokens, app, account_of(connection))
    return Exact(http, connection.host, token=token, pace=pace, clock=clock)
