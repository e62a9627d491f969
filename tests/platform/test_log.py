"""What the service writes to its log."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import log


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    log.unbind_all()
    root.handlers[:], root.level = handlers, level


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_json_line_with_the_ids_that_were_bound(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(console=False)
    with log.bound(lane="l-1"):
        log.get("app.worker").info("export_recorded", export="e-1")
    (line,) = lines(capsys)
    assert line.pop("timestamp")
    assert line == {"event": "export_recorded", "level": "info", "logger": "app.worker", "lane": "l-1", "export": "e-1"}


def test_uvicorn_and_others_take_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(console=False)
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("uvicorn.access").info("GET /?secret=1")
    logging.getLogger("sqlalchemy.engine.Engine").info("INSERT … %s", "payload")
    logging.getLogger("httpx").info("HTTP Request: GET https://…?token=1")
    (line,) = lines(capsys)
    assert (line["event"], line["logger"]) == ("Started server process [7]", "uvicorn.error")


def test_a_failure_is_told_by_types_and_places_not_by_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(console=False)
    try:
        try:
            raise ValueError("[parameters: 'a secret']")
        except ValueError as error:
            raise RuntimeError("a payload") from error
    except RuntimeError:
        log.get("app").exception("export_failed", export="e-1")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    ours, uvicorns = lines(capsys)
    assert [link["type"] for link in ours["failure"]] == ["builtins.RuntimeError", "builtins.ValueError"]  # type: ignore[attr-defined]
    assert ours["failure"] == uvicorns["failure"]
    assert "test_log.py" in str(ours["failure"])
    assert "secret" not in str(ours)
    assert "payload" not in str(uvicorns)


def test_a_terminal_gets_readable_lines(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(console=True)
    log.get("app").warning("lane_waits", lane="l-1")
    written = capsys.readouterr().err
    assert "lane_waits" in written
    assert "{" not in written
