"""The state of the sandboxed Exact Online, in memory."""

import uuid
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.clock import Clock

RIGHTS = frozenset({"divisions", "documents", "crm", "mailbox"})
SCOPES = frozenset({"organization.administration", "organization.documents", "crm.accounts", "communication.mailboxes"})
ARCHIVED = 2
Rows = dict[str, dict[str, Any]]


def new_guid() -> str:
    return str(uuid.uuid4())


@dataclass(slots=True)
class Settings:
    """Settings that can change while the sandbox runs."""

    limits: bool = True
    minute_limit: int = 60
    day_limit: int = 5000
    error_limit: int = 10
    token_calls_a_day: int = 200
    too_early_status: int = 400
    old_token_status: int = 401
    expired_token_status: int = 400
    supersede_at: str = "exchange"
    expires_in: str = "string"
    dates: str = "utc"
    date_offset: str = ""
    lists: str = "auto"
    latency_seconds: float = 0.0
    body_limit: int = 10 * 1024 * 1024
    search_lag_seconds: float = 0.0
    currencies: list[str] | None = None


@dataclass(slots=True)
class App:
    """A registered app; without redirect URIs, any on loopback or https will do."""

    client_id: str
    secret: str
    redirect_uris: tuple[str, ...] = ()
    scopes: frozenset[str] = SCOPES


@dataclass(slots=True)
class Company:
    """An Exact division."""

    code: int
    hid: int
    name: str
    customer: str
    vat_number: str | None = None
    enterprise_number: str | None = None
    country: str = "BE"
    currency: str = "EUR"
    status: int = 1
    blocking_status: int = 0
    main: bool = False
    moved: bool = False
    modules: frozenset[str] = frozenset({"mailbox"})
    injected_state: tuple[str, datetime] | None = None
    mailbox_id: str = field(default_factory=new_guid)
    mailbox_for_all: bool = False
    mailbox_valid_to: datetime | None = None
    documents_made: int = 0


@dataclass(slots=True)
class User:
    """A user who can sign in to Exact."""

    id: str
    name: str
    companies: list[int]
    language: str = "nl-BE"
    rights: frozenset[str] = RIGHTS
    current: int | None = None
    user_id: str = field(default_factory=new_guid)
    lost: dict[int, datetime] = field(default_factory=dict)

    @property
    def current_company(self) -> int | None:
        return self.current or (self.companies[0] if self.companies else None)


@dataclass(slots=True)
class Recipient:
    """How a recipient treats messages: the statuses, one after another."""

    outcome: tuple[int, ...] = (20, 42, 50)
    step_seconds: float = 5.0


class World:
    """Users, companies, apps and all rows."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.clear()

    def clear(self) -> None:
        self.settings = Settings()
        self.apps: dict[str, App] = {}
        self.users: dict[str, User] = {}
        self.companies: dict[int, Company] = {}
        self.customers: dict[str, str] = {}
        self.forget_arrivals()

    def forget_arrivals(self) -> None:
        self.rows: dict[tuple[int, str], Rows] = {}
        self.contents: dict[str, bytes] = {}
        self.unseen_until: dict[str, datetime] = {}
        self.recipient = Recipient()
        self.recipients: dict[int, Recipient] = {}
        self.forget_calls()

    def forget_calls(self) -> None:
        self.calls: Counter[tuple[str, int]] = Counter()
        self.recent: deque[tuple[str, str, str, str | None, int]] = deque(maxlen=500)
        self.violations: list[dict[str, Any]] = []

    def table(self, division: int, path: str) -> Rows:
        key = (division, path)
        if key not in self.rows:
            self.rows[key] = {}
        return self.rows[key]

    def stamp(self) -> datetime:
        """Return the time as Exact writes it: wall clock without a zone."""
        zone = ZoneInfo("Europe/Brussels") if self.settings.dates == "cet" else ZoneInfo("UTC")
        return self.clock.now().astimezone(zone).replace(tzinfo=None, microsecond=0)

    def customer_id(self, name: str) -> str:
        return self.customers.setdefault(name, new_guid())

    def is_visible(self, row_id: str) -> bool:
        """Tell whether searches find the row yet."""
        if not self.unseen_until:
            return True
        until = self.unseen_until.get(row_id)
        return until is None or self.clock.now() >= until
