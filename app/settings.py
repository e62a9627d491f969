"""Settings from the environment or `.env`; their names are part of the contract."""

import base64
import binascii
import json
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, HttpUrl, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Trigger = Literal["approved", "sent"]

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
    """Checks that the value is a URL and keeps it as text without a closing slash."""
    if isinstance(value, str) and value:
        HttpUrl(value)
        return value.rstrip("/")
    return value


Secrets = Annotated[list[SecretStr], NoDecode, BeforeValidator(_comma_list)]
Words = Annotated[list[str], NoDecode, BeforeValidator(_comma_list)]
Url = Annotated[str, BeforeValidator(_url)]


class Settings(BaseSettings):
    """Everything the service must be told. Secrets print as asterisks; an empty secret stops the start."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: SecretStr | None = None
    public_url: Url
    secret_keys: Secrets

    exact_apps: dict[str, ExactApp]
    exact_base_url: Url | None = None

    banqup_api_url: Url
    banqup_client_id: str = Field(min_length=1)
    banqup_client_secret: SecretStr = Field(min_length=1)
    banqup_message_types: dict[str, Trigger] = {"document.approved": "approved", "document.sent": "sent"}

    webhook_auth: Literal["standard-webhooks", "jwt"] = "standard-webhooks"
    webhook_secrets: Secrets = []
    webhook_jwks_url: Url | None = None

    api_issuer: str = Field(min_length=1)
    api_audience: str = Field(min_length=1)
    api_jwks_url: Url
    api_cors_origins: Words = []
    api_spaces_claim: str = "partner_spaces"
    api_clients_claim: str | None = None

    exact_postbox_ubl_type: Literal[23, 130] = 130

    notifications_to_private: bool = Field(default=False, description="only for tests and the sandbox")

    worker_lanes: int = Field(default=16, ge=1, le=200, description="lanes that one worker process carries at once")
    worker_port: int | None = Field(default=None, description="where a worker serves /healthz and /metrics")
    keep_ubl_days: int = Field(default=30, ge=1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _check_keys(self.secret_keys)
        if not self.exact_apps:
            raise ValueError("EXACT_APPS names no app: sign-in needs one per country")
        unknown = sorted(set(self.exact_apps) - set(EXACT_HOSTS))
        if unknown:
            raise ValueError(f"EXACT_APPS names unknown countries: {', '.join(unknown)}")
        if self.webhook_auth == "standard-webhooks" and not self.webhook_secrets:
            raise ValueError("WEBHOOK_SECRETS is empty: messages could not be verified")
        if self.webhook_auth == "jwt" and not self.webhook_jwks_url:
            raise ValueError("WEBHOOK_JWKS_URL is missing: messages could not be verified")
        for secret in self.webhook_secrets:
            _webhook_key(secret)
        return self

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


def _check_keys(keys: list[SecretStr]) -> None:
    if not keys:
        raise ValueError("SECRET_KEYS is empty: tokens could not be sealed")
    for key in keys:
        try:
            size = len(base64.b64decode(key.get_secret_value(), validate=True))
        except binascii.Error:
            size = 0
        if size != 32:
            raise ValueError("SECRET_KEYS holds one that is not 32 bytes in base64 (make one: openssl rand -base64 32)")


def _webhook_key(secret: SecretStr) -> bytes:
    """The key behind a Standard Webhooks secret, `whsec_` and base64."""
    prefix, _, encoded = secret.get_secret_value().partition("whsec_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if prefix or len(key) < 16:
        raise ValueError("WEBHOOK_SECRETS holds a secret that is not whsec_ and at least 16 bytes in base64")
    return key


def load(env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process; raises `SettingsError` with one line per setting that is missing or wrong."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except (json.JSONDecodeError, ValueError) as error:
        raise SettingsError(str(error)) from None


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        name = ".".join([str(part).upper() if at == 0 else str(part) for at, part in enumerate(problem["loc"])])
        text = "is empty" if problem["type"].endswith("too_short") else problem["msg"].removeprefix("Value error, ")
        text = "is not set" if problem["type"] == "missing" else text
        lines.append(f"{name} {text}".strip())
    return "\n".join(lines)
