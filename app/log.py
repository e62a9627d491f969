"""Logging: one JSON line per event, with its bound IDs; never a payload, never a secret."""

import logging
import logging.config
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, merge_contextvars
from structlog.types import EventDict, Processor

__all__ = ["bind", "bound", "configure", "get", "unbind_all"]

bind = bind_contextvars
bound = bound_contextvars
unbind_all = clear_contextvars

FRAMES = 8  # innermost frames logged for an exception

# Loggers that log too much: every request, every statement with its values, every HTTP call.
QUIET = {
    "uvicorn.access": "WARNING",
    "sqlalchemy.engine": "WARNING",
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "alembic": "WARNING",
}


def get(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; `log.info("export_recorded", export=…)` names an event and its IDs."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def configure(*, level: str = "INFO", console: bool | None = None) -> None:
    """Send all logs, including uvicorn's and SQLAlchemy's, to stderr: as JSON, or as text on a terminal."""
    readable = sys.stderr.isatty() if console is None else console
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_standard_library(level, readable=readable))


def _shared() -> list[Processor]:
    return [
        merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _standard_library(level: str, *, readable: bool) -> dict[str, Any]:
    render: list[Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if readable
        else [_where_it_failed, structlog.processors.JSONRenderer()]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared(),
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["stderr"], "level": level},
        # uvicorn has handlers of its own; without them its records propagate to ours
        "loggers": {
            name: {"handlers": [], "propagate": True, "level": QUIET.get(name, "NOTSET")}
            for name in ("uvicorn", "uvicorn.error", *QUIET)
        },
    }


def _where_it_failed(logger: object, method: str, event: EventDict) -> EventDict:
    """Keep only an exception's types and frames: its message may contain values, as in SQLAlchemy and psycopg."""
    if given := event.pop("exc_info", None):
        error = _exception(given)
        event["failure"] = [_described(link) for link in _chain(error)]
    return event


def _exception(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    return given[1] if isinstance(given, tuple) else sys.exc_info()[1]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _described(error: BaseException) -> dict[str, Any]:
    places = [
        f"{frame.name} ({_short(frame.filename)}:{frame.lineno})" for frame in traceback.extract_tb(error.__traceback__)
    ]
    return {"type": f"{type(error).__module__}.{type(error).__qualname__}", "at": places[-FRAMES:]}


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])
