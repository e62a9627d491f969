"""The `.env` that the sandbox writes for the service."""

import base64
import os
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path

_MARK = "# Written by `banqup-exact sandbox --env`: settings for trying the service against the sandbox, on loopback."
_KEY = "SECRET_KEYS"


class EnvFileError(Exception):
    """The file cannot be written; the text says what to do."""


def write(path: Path, settings: Mapping[str, str]) -> None:
    """Write these settings and a key for secrets at rest; keep the key and the other lines of an earlier file.

    Raises `EnvFileError` if the sandbox did not write the file, or cannot.
    """
    try:
        others = _other_lines(path, names=settings.keys())
        if not any(line.startswith(f"{_KEY}=") for line in others):
            others.insert(0, f"{_KEY}={base64.b64encode(secrets.token_bytes(32)).decode()}")
        _write_private(path, [_MARK, *map(_line, settings.items()), *others])
    except OSError as error:
        raise EnvFileError(f"{path} cannot be written: {error.strerror}.") from error


def _other_lines(path: Path, *, names: Collection[str]) -> list[str]:
    if not path.exists():
        return []
    mark, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    if mark != _MARK:
        raise EnvFileError(f"{path} was not written by the sandbox. Move it away first: mv {path.name} {path.name}.own")
    return [line for line in lines if line.partition("=")[0] not in names]


def _line(setting: tuple[str, str]) -> str:
    """Return a line that dotenv and a shell read alike."""
    name, value = setting
    return f"{name}='{value}'" if " " in value else f"{name}={value}"


def _write_private(path: Path, lines: list[str]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
