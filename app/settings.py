"""Settings from the environment or `.env`; their names are part of the contract."""

import base64
import binascii
import json
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

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

Trigger = Literal["approved", "sent"]
HIGHEST_PORT = 65535

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
    """The service cannot start as it is configured; the text says what is missing, setting by setting."""


class ExactApp(BaseModel):
    """The app as registered with Exact Online in one country."""

    client_id: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)


def _comma_list(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _url(value: Any) -> Any:
    """Check that the value is a URL; return it as text without a closing slash."""
    if not isinstance(value, str) or not value:
        return value
    try:
        HttpUrl(value)
    except ValidationError:
        raise ValueError("is not a URL that begins with https:// or http://") from None
    return value.rstrip("/")


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON (.env.example shows its form)") from None


def _postgres_url(secret: SecretStr) -> SecretStr:
    """Refuse what is no address of a Postgres; the text repeats nothing of it, since parts may be the password."""
    try:
        url = make_url(secret.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError("is not of the form postgresql://user:password@host:5432/database") from None
    if url.drivername not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("names another database than Postgres; it must begin with postgresql://")
    if "@" in (url.host or ""):
        raise ValueError("has a password with a reserved character; percent-encode it (write @ as %40, / as %2F)")
    if url.port is not None and url.port > HIGHEST_PORT:
        raise ValueError(f"names a port above {HIGHEST_PORT}")
    return secret


def _known_countries(apps: dict[str, ExactApp]) -> dict[str, ExactApp]:
    if not apps:
        raise ValueError("names no app: sign-in needs one per country")
    if unknown := sorted(set(apps) - set(EXACT_HOSTS)):
        raise ValueError(f"names unknown countries: {', '.join(unknown)}")
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
            raise ValueError("holds a key that is not 32 bytes in base64 (make one: openssl rand -base64 32)")
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
    """Everything that the service needs to know. Secrets print as asterisks; an empty secret stops the start.

    Each setting is checked on its own, so that one refusal names all that is missing or wrong.
    """

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

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
    webhook_jwks_url: Url | None = Field(default=None, validate_default=True)

    api_issuer: str = Field(min_length=1)
    api_audience: str = Field(min_length=1)
    api_jwks_url: Url
    api_cors_origins: Words = []
    api_spaces_claim: str = "partner_spaces"
    api_clients_claim: str | None = None

    exact_postbox_ubl_type: Literal[23, 130] = 130

    notifications_to_private: bool = Field(default=False, description="only for tests and the sandbox")

    worker_lanes: int = Field(default=16, ge=1, le=200, description="lanes that one worker process carries at once")
    worker_port: Port | None = Field(default=None, description="where a worker serves /healthz and /metrics")
    keep_ubl_days: int = Field(default=30, ge=1)

    @field_validator("webhook_secrets")
    @classmethod
    def _messages_have_a_secret(cls, secrets: list[SecretStr], others: ValidationInfo) -> list[SecretStr]:
        if not secrets and others.data.get("webhook_auth") == "standard-webhooks":
            raise _not_set()
        for secret in secrets:
            _webhook_key(secret)
        return secrets

    @field_validator("webhook_jwks_url")
    @classmethod
    def _messages_have_keys(cls, url: str | None, others: ValidationInfo) -> str | None:
        if url is None and others.data.get("webhook_auth") == "jwt":
            raise _not_set()
        return url

    def exact_host(self, country: str) -> str:
        """Base URL of Exact Online in a country, without a closing slash."""
        return self.exact_base_url or EXACT_HOSTS[country]

    def expect_database_url(self) -> str:
        """The Postgres that is named; whoever starts the process names its own one where the setting is empty."""
        if self.database_url is None:
            raise SettingsError("DATABASE_URL is not set")
        return self.database_url.get_secret_value()

    @property
    def oauth_redirect_uri(self) -> str:
        """Registered with Exact, matched there literally."""
        return f"{self.public_url}/oauth/exact-online/callback"

    @cached_property
    def sealing_keys(self) -> list[bytes]:
        """AES-256 keys, the newest first."""
        return [base64.b64decode(key.get_secret_value()) for key in self.secret_keys]

    @cached_property
    def webhook_keys(self) -> list[bytes]:
        """HMAC keys of the messages that Banqup posts; several while one replaces another."""
        return [_webhook_key(secret) for secret in self.webhook_secrets]

    @property
    def ubl_kept_for(self) -> timedelta:
        """How long the exported UBL stays readable here."""
        return timedelta(days=self.keep_ubl_days)


def _webhook_key(secret: SecretStr) -> bytes:
    """The key behind a Standard Webhooks secret, `whsec_` and base64."""
    prefix, _, encoded = secret.get_secret_value().partition("whsec_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if prefix or len(key) < 16:
        raise ValueError("holds a secret that is not whsec_ and at least 16 bytes in base64")
    return key


def load(env_file: Path | None = Path(".env")) -> Settings:
    """Return the settings of this process; raise `SettingsError` with a line for each that is missing or wrong."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsError(explain(error) + _how_to_begin(env_file)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file} is not UTF-8 text.") from None


def explain(error: ValidationError) -> str:
    """Return a line for each setting; no line repeats a value."""
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
        "\nThere is no .env in this folder. Run: cp .env.example .env, and fill it in. "
        "To try the service against the sandbox, run: banqup-exact sandbox --env"
    )
