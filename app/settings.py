"""Settings from the environment or `.env`; their names are a public contract."""

import base64
import binascii
import json
import logging
import stat
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.signed_tokens import GENERAL_TYPES, type_of
from app.vocabulary import Trigger

HIGHEST_PORT = 65535
WEBHOOK_SECRET_BYTES = range(24, 64 + 1)
ENV_FILE = Path(".env")

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

logger = logging.getLogger(__name__)

EXACT_HOSTS = {
    "be": "https://start.exactonline.be",
    "nl": "https://start.exactonline.nl",
    "de": "https://start.exactonline.de",
    "fr": "https://start.exactonline.fr",
    "es": "https://start.exactonline.es",
    "uk": "https://start.exactonline.co.uk",
    "com": "https://start.exactonline.com",
}


class SettingsError(Exception):
    """The configuration prevents the start; the text says why, one line per setting."""


class ExactApp(BaseModel):
    """Our app as registered with Exact Online in one country."""

    client_id: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class WebhookTokens:
    """What the tokens of Banqup's messages say, and where the keys that sign them are published."""

    issuer: str
    audience: str
    typ: str
    jwks_url: str


def _comma_list(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _url(value: Any) -> Any:
    """Return a valid URL as text, without a trailing slash; raise ValueError if it is not one."""
    if not isinstance(value, str) or not value:
        return value
    try:
        HttpUrl(value)
    except ValidationError:
        raise ValueError("is not a URL starting with https:// or http://") from None
    return value.rstrip("/")


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("is not valid JSON (see .env.example)") from None


def _postgres_url(secret: SecretStr) -> SecretStr:
    """Return a Postgres URL; raise ValueError otherwise, without quoting any of it: parts may be the password."""
    try:
        url = make_url(secret.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError("is not of the form postgresql://user:password@host:5432/database") from None
    if url.drivername not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("is not a Postgres URL; it must start with postgresql://")
    if "@" in (url.host or ""):
        raise ValueError("has a reserved character in its password; percent-encode it (@ as %40, / as %2F)")
    if url.port is not None and url.port > HIGHEST_PORT:
        raise ValueError(f"has a port above {HIGHEST_PORT}")
    return secret


def _known_countries(apps: dict[str, ExactApp]) -> dict[str, ExactApp]:
    if not apps:
        raise ValueError("is empty: sign-in needs an app for each country")
    if unknown := sorted(set(apps) - set(EXACT_HOSTS)):
        raise ValueError(f"has unknown countries: {', '.join(unknown)}")
    return apps


def _sealing_keys(keys: list[SecretStr]) -> list[SecretStr]:
    if not keys:
        raise _not_set()
    for key in keys:
        try:
            size = len(base64.b64decode(key.get_secret_value(), validate=True))
        except binascii.Error:
            size = 0
        if size != 32:
            raise ValueError("has a key that is not 32 bytes in base64 (create one: openssl rand -base64 32)")
    return keys


def _not_set() -> PydanticCustomError:
    return PydanticCustomError("missing", "is not set")


Secrets = Annotated[list[SecretStr], NoDecode, BeforeValidator(_comma_list)]
Words = Annotated[list[str], NoDecode, BeforeValidator(_comma_list)]
Url = Annotated[str, BeforeValidator(_url)]
PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres_url)]
SealingKeys = Annotated[Secrets, AfterValidator(_sealing_keys)]
ExactApps = Annotated[dict[str, ExactApp], NoDecode, BeforeValidator(_json), AfterValidator(_known_countries)]
MessageTypes = Annotated[dict[str, Trigger], NoDecode, BeforeValidator(_json)]
Port = Annotated[int, Field(ge=0, le=HIGHEST_PORT)]


class Settings(BaseSettings):
    """The service's configuration. Secrets print as asterisks; an empty secret prevents the start.

    Each setting is validated on its own, so that one error lists everything missing or invalid.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: PostgresUrl | None = None
    public_url: Url
    secret_keys: SealingKeys

    exact_apps: ExactApps
    exact_base_url: Url | None = None

    banqup_api_url: Url
    banqup_client_id: str = Field(min_length=1)
    banqup_client_secret: SecretStr = Field(min_length=1)
    banqup_message_types: MessageTypes = {"document.approved": "approved", "document.sent": "sent"}

    webhook_auth: Literal["standard-webhooks", "jwt"] = "standard-webhooks"
    webhook_secrets: Secrets = Field(default=[], validate_default=True)
    webhook_issuer: str | None = Field(default=None, validate_default=True)
    webhook_audience: str | None = Field(default=None, validate_default=True)
    webhook_jwks_url: Url | None = Field(default=None, validate_default=True)

    api_issuer: str = Field(min_length=1)
    api_audience: str = Field(min_length=1)
    api_jwks_url: Url
    webhook_typ: str = Field(default="webhook+jwt", min_length=1, description="the header `typ` of Banqup's tokens")
    api_cors_origins: Words = []
    api_spaces_claim: str = "partner_spaces"
    api_clients_claim: str | None = None
    banqup_clients: bool = Field(default=False, description="ask Banqup whose client a Business Space is")
    api_clients: Literal["trusted"] | None = Field(default=None, validate_default=True)

    exact_postbox_ubl_type: Literal[23, 130] = 130

    notifications_to_private: bool = Field(default=False, description="only for tests and the sandbox")

    requests_per_minute: int = Field(default=600, ge=1, description="REST calls of one caller")
    sign_ins_per_minute: int = Field(default=30, ge=1, description="sign-ins that one caller may start")
    request_seconds: float = Field(
        default=10.0, gt=0, le=600, description="time for a request's headers, then its body"
    )
    worker_lanes: int = Field(default=16, ge=1, le=200, description="lanes processed concurrently by one worker")
    worker_port: Port | None = Field(default=None, description="port for a worker's /healthz and /metrics")
    conversion_processes: int = Field(default=0, ge=0, le=64, description="converting processes; 0: one per core")
    conversion_cpu_seconds: int = Field(default=10, ge=1, description="processor time that one document may take")
    conversion_wall_seconds: float = Field(default=30.0, ge=1, description="time that one document may take")
    conversion_memory_mb: int = Field(default=450, ge=200, description="memory that one document may take")
    lost_leases_per_document: int = Field(default=3, ge=1, description="lost leases after which a document is in error")
    keep_ubl_days: int = Field(default=30, ge=1)
    keep_audit_days: int = Field(default=731, ge=366, description="the database keeps a year in any case")

    @field_validator("webhook_secrets")
    @classmethod
    def _expect_secret(cls, secrets: list[SecretStr], others: ValidationInfo) -> list[SecretStr]:
        if not secrets and others.data.get("webhook_auth") == "standard-webhooks":
            raise _not_set()
        for secret in secrets:
            _webhook_key(secret)
        return secrets

    @field_validator("webhook_issuer", "webhook_audience", "webhook_jwks_url")
    @classmethod
    def _expect_set_for_jwt(cls, value: str | None, others: ValidationInfo) -> str | None:
        if value is None and others.data.get("webhook_auth") == "jwt":
            raise _not_set()
        return value

    @field_validator("webhook_typ")
    @classmethod
    def _expect_told_apart(cls, typ: str, others: ValidationInfo) -> str:
        """Raise ValueError if a token of a REST caller could pass for one of Banqup."""
        kinds = [
            (others.data.get(f"{kind}_issuer"), others.data.get(f"{kind}_audience")) for kind in ("webhook", "api")
        ]
        if others.data.get("webhook_auth") == "jwt" and type_of(typ) in GENERAL_TYPES and kinds[0] == kinds[1]:
            raise ValueError(
                "is a type that tokens of REST callers may have; set another one, "
                "or a WEBHOOK_AUDIENCE that differs from API_AUDIENCE"
            )
        return typ

    @field_validator("api_clients")
    @classmethod
    def _expect_clients_proven(cls, trusted: str | None, others: ValidationInfo) -> str | None:
        """Raise ValueError if any partner could bind any client."""
        if trusted or others.data.get("api_clients_claim") or others.data.get("banqup_clients"):
            return trusted
        raise ValueError("is not set, and neither is API_CLIENTS_CLAIM nor BANQUP_CLIENTS")

    def exact_host(self, country: str) -> str:
        """Return Exact Online's base URL in a country, without a trailing slash."""
        return self.exact_base_url or EXACT_HOSTS[country]

    @property
    def banqup_is_local(self) -> bool:
        """Return whether Banqup is the sandbox on this machine, whose files lie at a private address."""
        return urlsplit(self.banqup_api_url).hostname in _LOOPBACK

    def expect_database_url(self) -> str:
        """Return the database URL; raise `SettingsError` if neither the setting nor the starting process has one."""
        if self.database_url is None:
            raise SettingsError("DATABASE_URL is not set")
        return self.database_url.get_secret_value()

    @property
    def oauth_redirect_uri(self) -> str:
        """Return the redirect URI registered with Exact, which compares it literally."""
        return f"{self.public_url}/oauth/exact-online/callback"

    @property
    def sign_in_page(self) -> str:
        """Return the address of the page that a sign-in begins with."""
        return f"{self.public_url}/oauth/exact-online/start"

    @property
    def public_origin(self) -> str:
        """Return the origin of PUBLIC_URL as browsers write it."""
        url = HttpUrl(self.public_url)
        default = {"http": 80, "https": 443}[url.scheme]
        return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.port != default else "")

    @property
    def is_local(self) -> bool:
        """Return whether PUBLIC_URL is plain http on this machine, as with the sandbox."""
        return self.public_url.startswith("http://") and urlsplit(self.public_url).hostname in _LOOPBACK

    @cached_property
    def sealing_keys(self) -> list[bytes]:
        """Return the AES-256 keys, newest first."""
        return [base64.b64decode(key.get_secret_value()) for key in self.secret_keys]

    @cached_property
    def webhook_keys(self) -> list[bytes]:
        """Return the HMAC keys for Banqup's messages; several during key rotation."""
        return [_webhook_key(secret) for secret in self.webhook_secrets]

    @property
    def webhook_tokens(self) -> WebhookTokens | None:
        """Return how Banqup's tokens are recognized; None if its messages have signatures instead."""
        if self.webhook_auth != "jwt":
            return None
        return WebhookTokens(
            issuer=self.webhook_issuer or "",
            audience=self.webhook_audience or "",
            typ=self.webhook_typ,
            jwks_url=self.webhook_jwks_url or "",
        )

    @property
    def ubl_kept_for(self) -> timedelta:
        """Return how long exported UBL is kept."""
        return timedelta(days=self.keep_ubl_days)

    @property
    def audit_kept_for(self) -> timedelta:
        """Return how long the audit log is kept."""
        return timedelta(days=self.keep_audit_days)


def _webhook_key(secret: SecretStr) -> bytes:
    """Return the key of a Standard Webhooks secret: `whsec_`, and 24 to 64 bytes in base64."""
    prefix, _, encoded = secret.get_secret_value().partition("whsec_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if prefix or len(key) not in WEBHOOK_SECRET_BYTES:
        raise ValueError("has a secret that is not whsec_ followed by 24 to 64 bytes in base64")
    return key


def load(env_file: Path | None = ENV_FILE) -> Settings:
    """Load the settings; raise `SettingsError` with a line for each one missing or invalid."""
    try:
        return Settings(_env_file=env_file and trusted(env_file))  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsError(explain(error) + _how_to_begin(env_file)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file} is not UTF-8 text.") from None


def trusted(env_file: Path) -> Path | None:
    """Return the file; warn and return None if any user of this machine could have written it."""
    open_to_all = next((path for path in (env_file.parent, env_file) if _is_open_to_all(path)), None)
    if open_to_all is None or not env_file.exists():
        return env_file
    logger.warning(
        "%s is ignored: every user of this machine may write to %s. Withdraw that permission, or use another folder.",
        env_file.absolute(),
        open_to_all.absolute(),
    )
    return None


def _is_open_to_all(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & stat.S_IWOTH)


def explain(error: ValidationError) -> str:
    """Return a line for each invalid setting, without quoting values."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
    return "\n  ".join([f"{count} missing or wrong:", *map(_line, problems)])


def _line(problem: ErrorDetails) -> str:
    first, *parts = [str(part) for part in problem["loc"]]
    name, text = ".".join([first.upper(), *parts]), problem["msg"]
    match problem["type"]:
        case "missing":
            return f"{name} is not set"
        case "too_short" | "string_too_short":
            return f"{name} is empty"
        case "value_error":
            return f"{name} {text.removeprefix('Value error, ')}"
        case _:
            return f"{name}: {text[:1].lower()}{text[1:]}"


def _how_to_begin(env_file: Path | None) -> str:
    if env_file is None or env_file.exists():
        return ""
    return (
        "\nThis folder has no .env file. Run cp .env.example .env and fill it in. "
        "To try the service against the sandbox, run banqup-exact sandbox --env."
    )
