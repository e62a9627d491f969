"""Codes, chains and tokens, with the rules of Exact's token endpoint."""

import base64
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.exact_online.state import World, new_guid

CODE_SECONDS = 180
ACCESS_SECONDS = 600
TOO_EARLY_SECONDS = 570
REFRESH_DAYS = 30


class TokenRefusedError(Exception):
    """An error of the token endpoint; `body` None is the plain text `Bad Request`."""

    def __init__(self, status: int, body: dict[str, str] | None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers = status, body, headers


def invalid_request() -> TokenRefusedError:
    return TokenRefusedError(400, {"error": "invalid_request"})


def bad_request() -> TokenRefusedError:
    return TokenRefusedError(400, None)


def too_early(status: int) -> TokenRefusedError:
    body = {"error": "access_denied", "error_description": "Rate limit exceeded: access_token not expired"}
    return TokenRefusedError(status, body, {"Reason": "TooEarlyToRefreshTokens: access_token not expired"})


def old_token(status: int) -> TokenRefusedError:
    return TokenRefusedError(status, {"error": "unauthorized_client", "error_description": "Old refresh token used."})


def expired_token(status: int, moment: datetime) -> TokenRefusedError:
    text = f"The refresh token expired at {moment:%Y-%m-%d %H:%M:%S}"
    return TokenRefusedError(status, {"error": "invalid_request", "error_description": text})


@dataclass(slots=True)
class Code:
    """An authorization code, valid once and for three minutes."""

    client_id: str
    user: str
    redirect_uri: str
    made: float
    supersede_at: str
    used: bool = False
    broken: bool = False


@dataclass(slots=True)
class Chain:
    """The successive tokens of one authorization-code grant, by app and user."""

    client_id: str
    user: str
    answered: float
    refresh_token: str = ""
    id: str = field(default_factory=new_guid)
    alive: bool = True
    refreshes: int = 0
    expired: bool = False
    kills_at_refresh: list["Chain"] = field(default_factory=list)

    def runs_out(self) -> datetime:
        return datetime.fromtimestamp(self.answered, tz=UTC) + timedelta(days=REFRESH_DAYS)


@dataclass(frozen=True, slots=True)
class Access:
    """An access token and its expiry."""

    chain: Chain
    expires: float


class TokenStore:
    """All codes and chains; one chain per app and user is alive."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clear()

    def clear(self) -> None:
        self.codes: dict[str, Code] = {}
        self.chains: list[Chain] = []
        self.by_refresh: dict[str, Chain] = {}
        self.by_access: dict[str, Access] = {}
        self.calls: Counter[tuple[str, str, str]] = Counter()

    def consent(self, *, client_id: str, user: str, redirect_uri: str, supersede_at: str | None = None) -> str:
        """Issue a code after the user pressed Allow."""
        moment = supersede_at or self.world.settings.supersede_at
        if moment == "consent":
            self._kill(self._alive(client_id, user))
        code = opaque("!IAAA", size=120)
        made = self.world.clock.timestamp()
        self.codes[code] = Code(client_id, user, redirect_uri, made, moment)
        return code

    def exchange(self, code: str, *, client_id: str, redirect_uri: str) -> dict[str, Any]:
        """Exchange a code, which is then spent; raise `TokenRefusedError` if it is not valid."""
        known = self.codes.get(code)
        if known is None or known.client_id != client_id or known.used:
            raise invalid_request()
        if known.redirect_uri != redirect_uri:
            raise bad_request()
        self._count(client_id, known.user)
        known.used = True
        if known.broken:
            text = "Token is not allowed, because of invalid or empty chainId"
            raise TokenRefusedError(400, {"error": "invalid_grant", "error_description": text})
        if self.world.clock.timestamp() - known.made > CODE_SECONDS:
            raise invalid_request()
        self._break_older_codes(known)
        return self._begin_chain(known)

    def _begin_chain(self, code: Code) -> dict[str, Any]:
        before = self._alive(code.client_id, code.user)
        chain = Chain(code.client_id, code.user, answered=self.world.clock.timestamp())
        if code.supersede_at == "first_refresh":
            chain.kills_at_refresh = before
        else:
            self._kill(before)
        self.chains.append(chain)
        return self._answer(chain)

    def refresh(self, refresh_token: str, *, client_id: str) -> dict[str, Any]:
        """Rotate the chain, which revokes the old token at once; raise `TokenRefusedError` otherwise."""
        settings = self.world.settings
        chain = self.by_refresh.get(refresh_token)
        if chain is None or chain.client_id != client_id:
            raise invalid_request()
        self._count(client_id, chain.user)
        if not chain.alive or chain.refresh_token != refresh_token:
            raise old_token(settings.old_token_status)
        now = self.world.clock.timestamp()
        if chain.expired or now > chain.runs_out().timestamp():
            raise expired_token(settings.expired_token_status, chain.runs_out())
        if now - chain.answered < TOO_EARLY_SECONDS:
            raise too_early(settings.too_early_status)
        self._kill(chain.kills_at_refresh)
        chain.refreshes += 1
        return self._answer(chain)

    def access(self, token: str) -> Access | None:
        return self.by_access.get(token)

    def is_good(self, access: Access) -> bool:
        return access.chain.alive and self.world.clock.timestamp() < access.expires

    def chain_of(self, refresh_token: str) -> Chain | None:
        return self.by_refresh.get(refresh_token)

    def _answer(self, chain: Chain) -> dict[str, Any]:
        now = self.world.clock.timestamp()
        access, chain.refresh_token, chain.answered = opaque("gAAA", size=600), opaque("!IAAA", size=600), now
        self.by_refresh[chain.refresh_token] = chain
        self.by_access[access] = Access(chain, now + ACCESS_SECONDS)
        lifetime: str | int = str(ACCESS_SECONDS) if self.world.settings.expires_in == "string" else ACCESS_SECONDS
        return {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": lifetime,
            "refresh_token": chain.refresh_token,
        }

    def _alive(self, client_id: str, user: str) -> list[Chain]:
        return [c for c in self.chains if c.alive and c.client_id == client_id and c.user == user]

    @staticmethod
    def _kill(chains: list[Chain]) -> None:
        for chain in chains:
            chain.alive = False

    def _break_older_codes(self, code: Code) -> None:
        for other in self.codes.values():
            same = other.client_id == code.client_id and other.user == code.user
            if same and not other.used and other.made <= code.made:
                other.broken = True

    def _count(self, client_id: str, user: str) -> None:
        """Refuse more than 200 token calls per app, user and day."""
        settings = self.world.settings
        key = (client_id, user, f"{self.world.clock.now():%Y-%m-%d}")
        if settings.limits and self.calls[key] >= settings.token_calls_a_day:
            raise TokenRefusedError(429, {})
        self.calls[key] += 1


def opaque(start: str, *, size: int) -> str:
    """Return a long token with the characters of real ones: ! + / . and letters."""
    return f"stampBE001.{start}.{base64.b64encode(secrets.token_bytes(size)).decode()}"
