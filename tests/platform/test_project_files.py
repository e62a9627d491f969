"""Files that people copy and machines install from, held to the code."""

import re
from pathlib import Path

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def settings_in_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := re.fullmatch(r"#?([A-Z_]+)=(.*)", line))}


def test_the_example_documents_every_setting_and_no_other() -> None:
    only_for_compose = {"POSTGRES_PASSWORD"}
    assert set(settings_in_example()) - only_for_compose == {name.upper() for name in Settings.model_fields}


def test_the_example_holds_no_secret() -> None:
    example = settings_in_example()
    names = ["SECRET_KEYS", "BANQUP_CLIENT_SECRET", "WEBHOOK_SECRETS", "POSTGRES_PASSWORD"]
    assert {name: example[name] for name in names} == dict.fromkeys(names, "")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_everything_by_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()
    requirements = re.findall(r"^\S+==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert requirements
    assert all("--hash=sha256:" in requirement for requirement in requirements)
    assert "://" not in text


def test_production_and_development_agree_on_versions() -> None:
    production, development = (
        set(re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("production.txt", "development.txt")
    )
    assert production < development


def test_every_service_of_the_compose_file_has_a_health_check_but_the_migration_which_ends() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    assert {name for name, service in services.items() if "healthcheck" not in service} == {"migrate"}
    assert "127.0.0.1:8000/healthz" in services["api"]["healthcheck"]["test"][-1]
    worker = services["worker"]
    assert f"127.0.0.1:{worker['environment']['WORKER_PORT']}/healthz" in worker["healthcheck"]["test"][-1]


def test_the_image_installs_by_the_lock_alone() -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    installs = re.findall(r"pip (?:--python \S+ )?install .*", text)
    assert len(installs) == 3
    assert all("--no-deps" in install for install in installs)
    locked = [install for install in installs if " -r " in install]
    assert len(locked) == 2
    assert all("--require-hashes" in install and "--only-binary :all:" in install for install in locked)
