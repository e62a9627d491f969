"""The two sources of an access token: a stored chain, or a sign-in that has just finished."""

from time import monotonic

from app.errors import TryLater
from app.exact.account import Account
from app.exact.oauth import App
from app.exact.tokens import Tokens
from app.reasons import EXACT_UNAVAILABLE

# Seconds to use a token before reading the row again; with `REFRESH_AFTER` it stays below the token's lifetime.
CACHED_FOR = 5.0


class ChainToken:
    """The access token of one account, cached for a few calls in a row."""

    def __init__(self, tokens: Tokens, *, app: App, account: Account) -> None:
        self._tokens = tokens
        self._app = app
        self._account = account
        self._cached = ""
        self._cached_until = 0.0

    async def current(self) -> str:
        """Return a valid access token."""
        if monotonic() > self._cached_until:
            self._cache(await self._tokens.current(self._app, self._account))
        return self._cached

    async def renew(self, refused: str) -> str:
        """Return another token after Exact refused this one."""
        self._cached_until = 0.0
        self._cache(await self._tokens.rotate(self._app, self._account, refused=refused))
        return self._cached

    def _cache(self, token: str) -> None:
        self._cached, self._cached_until = token, monotonic() + CACHED_FOR


class GivenToken:
    """An access token that was just issued and is not stored yet."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def current(self) -> str:
        """Return the token."""
        return self._token

    async def renew(self, refused: str) -> str:
        """Raise `TryLater`: there is no other token."""
        raise TryLater(EXACT_UNAVAILABLE.because("Exact rejected a token it has just issued."))
