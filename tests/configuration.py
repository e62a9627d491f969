"""Settings as a test gives them, whatever a `.env` in the folder says."""

from typing import Any

from app.settings import Settings


def settings_of(values: dict[str, Any]) -> Settings:
    """The settings with these values and no others."""
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]  # the stubs leave the argument out
