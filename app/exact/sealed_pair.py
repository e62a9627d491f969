"""The two tokens of a chain at rest, each sealed for its own column, so that neither opens in the other's place.

The previous version opens only what is sealed for the row. While it may run beside this one, pairs are sealed so.
"""

from typing import Literal

from app.crypto import CannotOpen, Sealer
from app.exact.account import account_of
from app.storage.models import TokenChain
from app.vocabulary import Step

TokenKind = Literal["access_token", "refresh_token"]
KINDS: tuple[TokenKind, ...] = ("access_token", "refresh_token")


SEALED_FOR_COLUMN: Step = "tokens_sealed_for_their_column"


def seal(sealer: Sealer, chain: TokenChain, kind: TokenKind, token: str, *, for_column: bool) -> None:
    """Seal a token into its column; `for_column` if `SEALED_FOR_COLUMN` is completed."""
    identity = _identity(chain, kind) if for_column else account_of(chain).row
    setattr(chain, kind, sealer.seal(token, row=identity))


def open_(sealer: Sealer, chain: TokenChain, kind: TokenKind) -> str:
    """Return a token that the chain has; raise `CannotOpen` or `UnknownKey`."""
    sealed: bytes | None = getattr(chain, kind)
    assert sealed is not None
    try:
        return sealer.open(sealed, row=_identity(chain, kind))
    except CannotOpen:  # sealed for the row
        return sealer.open(sealed, row=account_of(chain).row)


def _identity(chain: TokenChain, kind: TokenKind) -> str:
    return f"{account_of(chain).row}:{kind}"
