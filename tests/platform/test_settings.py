"""What the service says about settings that are missing or wrong: everything at once, and never a value."""

import base64
import json
from pathlib import Path

import pytest

from app import settings
from app.settings import SettingsError
from tests.platform.test_cli import KEY, SETTINGS, run

REQUIRED = ["PUBLIC_URL", "SECRET_KEYS", "EXACT_APPS", "BANQUP_API_URL", "BANQUP_CLIENT_ID", "BANQUP_CLIENT_SECRET"]
REQUIRED += ["WEBHOOK_SECRETS", "API_ISSUER", "API_AUDIENCE", "API_JWKS_URL", "API_CLIENTS"]


def refusal(folder: Path, monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    """The lines of the refusal to start with these settings."""
    for name in REQUIRED:
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        settings.load(folder / ".env")
    return str(refused.value).splitlines()


def test_without_any_setting_every_one_is_named_at_once_with_the_command_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *missing, last = refusal(tmp_path, monkeypatch)
    assert first == "11 settings are missing or wrong:"
    assert [line.split()[0] for line in missing] == REQUIRED
    *plain, clients = missing
    assert all(line.endswith(" is not set") for line in plain)
    assert clients == "  API_CLIENTS is not set, and neither is API_CLIENTS_CLAIM nor BANQUP_CLIENTS"
    assert "cp .env.example .env" in last
    assert "banqup-exact sandbox --env" in last


def test_with_an_env_file_nothing_is_said_of_copying_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PUBLIC_URL=https://here.example\n")
    lines = refusal(tmp_path, monkeypatch)
    assert lines[0] == "10 settings are missing or wrong:"
    assert not any("cp .env.example" in line for line in lines)


def test_the_example_as_copied_asks_for_everything_that_it_leaves_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = Path(__file__).parents[2] / ".env.example"
    (tmp_path / ".env").write_text(example.read_text())
    text = "\n".join(refusal(tmp_path, monkeypatch))
    assert [name for name in REQUIRED if name not in text] == []


def test_wrong_settings_and_missing_ones_are_named_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = refusal(
        tmp_path,
        monkeypatch,
        PUBLIC_URL="connector.example",
        SECRET_KEYS=f"{KEY},c2hvcnQ=",
        EXACT_APPS="{be}",
        BANQUP_MESSAGE_TYPES="[",
        WEBHOOK_SECRETS="hunter2",
        DATABASE_URL="mysql://root:hunter2@db/x",
        WORKER_PORT="99999",
        WORKER_LANES="many",
        WEBHOOK_AUTH="none",
    )
    text = "\n".join(lines)
    names = ["PUBLIC_URL", "SECRET_KEYS", "EXACT_APPS", "BANQUP_MESSAGE_TYPES", "WEBHOOK_SECRETS", "DATABASE_URL"]
    names += ["WORKER_PORT", "WORKER_LANES", "WEBHOOK_AUTH", "BANQUP_CLIENT_ID", "API_ISSUER"]
    assert [name for name in names if name not in text] == []
    assert all(len(line) < 160 for line in lines[1:-1]), "one short line for each setting"
    assert "hunter2" not in text
    assert "c2hvcnQ=" not in text


@pytest.mark.parametrize(
    ("apps", "said"),
    [
        ({}, "EXACT_APPS is empty"),
        ({"xx": {"client_id": "a", "client_secret": "b"}}, "EXACT_APPS has unknown countries: xx"),
        ({"be": {"client_id": "", "client_secret": "b"}}, "EXACT_APPS.be.client_id is empty"),
        ({"be": {"client_secret": "b"}}, "EXACT_APPS.be.client_id is not set"),
        ([], "EXACT_APPS: input should be a valid dictionary"),
    ],
)
def test_a_wrong_app_is_named_down_to_its_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apps: object, said: str
) -> None:
    lines = refusal(tmp_path, monkeypatch, **SETTINGS | {"EXACT_APPS": json.dumps(apps)})
    assert [line.strip() for line in lines if said in line]


JWT = {name: value for name, value in SETTINGS.items() if name != "WEBHOOK_SECRETS"} | {"WEBHOOK_AUTH": "jwt"}


def test_messages_verified_as_jwt_need_issuer_audience_and_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = refusal(tmp_path, monkeypatch, **JWT)
    missing = ["WEBHOOK_ISSUER", "WEBHOOK_AUDIENCE", "WEBHOOK_JWKS_URL"]
    assert [line.strip() for line in lines[1:4]] == [f"{name} is not set" for name in missing]


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "application/AT+JWT"])
def test_tokens_of_callers_and_of_messages_must_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typ: str
) -> None:
    same = {"WEBHOOK_ISSUER": SETTINGS["API_ISSUER"], "WEBHOOK_AUDIENCE": SETTINGS["API_AUDIENCE"]}
    lines = refusal(tmp_path, monkeypatch, **JWT | same, WEBHOOK_JWKS_URL="https://keys.example", WEBHOOK_TYP=typ)
    assert lines[1].strip().startswith("WEBHOOK_TYP is a type that tokens of REST callers may have")


@pytest.mark.parametrize("size", [0, 16, 23, 65])
def test_a_webhook_secret_that_is_too_short_or_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    secret = f"whsec_{base64.b64encode(b's' * size).decode()}"
    lines = refusal(tmp_path, monkeypatch, **SETTINGS | {"WEBHOOK_SECRETS": secret})
    assert lines[1].strip() == "WEBHOOK_SECRETS has a secret that is not whsec_ followed by 24 to 64 bytes in base64"


@pytest.mark.parametrize(
    "url",
    [
        "db.example",
        "postgres",
        "postgresql:/u:hunter2@db/x",
        "postgresql://u:hunter2@db:port/x",
        "postgresql://u:hunter2@db:99999/x",
        "postgresql://u:hunter2@ter@db/x",
        "postgresql+asyncpg://u:hunter2@db/x",
        "sqlite:///hunter2",
    ],
)
def test_a_malformed_database_url_is_refused_with_the_right_form_and_without_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    [_, line, *_] = refusal(tmp_path, monkeypatch, **SETTINGS, DATABASE_URL=url)
    assert line.startswith("  DATABASE_URL ")
    assert "hunter2" not in line
    assert "ter@" not in line


@pytest.mark.parametrize("url", ["postgres://u:p@h/x", "postgresql:///x", "postgresql+psycopg://u:p%40@[::1]:5432/x"])
def test_every_form_of_a_postgres_address_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", url)
    assert settings.load(tmp_path / ".env").expect_database_url() == url


def test_an_env_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(b"PUBLIC_URL=\xff\xfe")
    assert ".env is not UTF-8 text" in refusal(tmp_path, monkeypatch)[0]


@pytest.mark.parametrize(("folder", "file"), [(0o777, 0o600), (0o1777, 0o600), (0o755, 0o666)], ids=oct)
def test_an_env_file_that_every_user_could_have_written_is_ignored_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, folder: int, file: int
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PUBLIC_URL=https://intruder.example\n")
    env_file.chmod(file)
    tmp_path.chmod(folder)
    assert "  PUBLIC_URL is not set" in refusal(tmp_path, monkeypatch)
    (warning,) = caplog.messages
    assert warning.startswith(f"{env_file} is ignored: every user of this machine may write to {tmp_path}")


def test_an_env_file_of_the_owner_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text("PUBLIC_URL=https://here.example\n")
    assert not any("PUBLIC_URL" in line for line in refusal(tmp_path, monkeypatch))
    assert caplog.messages == []


@pytest.mark.slow
def test_a_migration_trusts_no_other_env_file_than_the_service(tmp_path: Path, empty_database_url: str) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://intruder.example/any\n")
    tmp_path.chmod(0o777)
    outcome = run("migrate", cwd=tmp_path, DATABASE_URL=empty_database_url)
    assert outcome.returncode == 0
    assert outcome.stderr.startswith(f"{tmp_path}/.env is ignored")


@pytest.mark.parametrize(
    "proof", [{"API_CLIENTS_CLAIM": "clients"}, {"BANQUP_CLIENTS": "true"}, {"API_CLIENTS": "trusted"}]
)
def test_each_of_three_settings_says_whose_a_client_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proof: dict[str, str]
) -> None:
    for name, value in (SETTINGS | proof).items():
        monkeypatch.setenv(name, value)
    if "API_CLIENTS" not in proof:
        monkeypatch.delenv("API_CLIENTS")
    loaded = settings.load(tmp_path / ".env")
    assert [bool(loaded.api_clients_claim), loaded.banqup_clients, loaded.api_clients == "trusted"].count(True) == 1


def test_clients_are_not_trusted_by_any_other_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (SETTINGS | {"API_CLIENTS": "yes"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="API_CLIENTS: input should be 'trusted'"):
        settings.load(tmp_path / ".env")
