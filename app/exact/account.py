"""The key of a token chain."""

from typing import NamedTuple
from uuid import UUID

from app.storage.models import Connection, TokenChain


class Account(NamedTuple):
    """One Exact user of one app."""

    host: str
    client_id: str
    exact_user_id: UUID

    @property
    def row(self) -> str:
        """Return the identity that the chain's secrets are sealed for."""
        return f"token_chain:{self.host}:{self.client_id}:{self.exact_user_id}"


def account_of(row: Connection | TokenChain) -> Account:
    """Return the account of a connection or a token chain."""
    return Account(host=row.host, client_id=row.client_id, exact_user_id=row.exact_user_id)
