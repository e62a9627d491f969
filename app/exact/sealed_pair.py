"""The two tokens of a chain at rest, each sealed for its own column, so that neither opens in the other's place."""

from typing import Literal

from app.crypto import CannotOpen, Sealer
from app.exact.account import account_of
from app.storage.models import TokenChain

TokenKind = Literal["access_token", "refresh_token"]
KINDS: tuple[TokenKind, ...] = ("access_token", "refresh_token")


def seal(sealer: Sealer, chain: TokenChain, kind: TokenKind, token: str) -> None:
    """Seal a token into its column."""
    setattr(chain, kind, sealer.seal(token, row=_identity(chain, kind)))


def open_(sealer: Sealer, chain: TokenChain, kind: TokenKind) -> str:
    """Return a token that the chain has; raise `CannotOpen` or `UnknownKey`."""
    sealed: bytes | None = getattr(chain, kind)
    assert sealed is not None
    try:
        return sealer.open(sealed, row=_identity(chain, kind))
    except CannotOpen:  # rows of earlier versions are sealed for the chain alone, until their next refresh
        return sealer.open(sealed, row=account_of(chain).row)


def _identity(chain: TokenChain, kind: TokenKind) -> str:
    return f"{account_of(chain).row}:{kind}"
