"""Prometheus metrics: this process's counters, and gauges read from the tables."""

from collections.abc import Iterator, Mapping
from time import monotonic

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from app import log
from app.clock import Clock
from app.crypto import Sealer
from app.metrics import REGISTRY
from app.queries import gauges
from app.queries.gauges import Figures
from app.storage.db import Sessions

router = APIRouter(tags=["Operation"])

# Seconds to cache the gauges: several scrapers may share one process.
CACHED_FOR = 5.0

_log = log.get(__name__)


class Gauges:
    """Figures from the tables, cached for a few seconds."""

    def __init__(self, sessions: Sessions, sealer: Sealer, clock: Clock) -> None:
        self._sessions = sessions
        self._sealer = sealer
        self._clock = clock
        self._read_at = float("-inf")
        self._figures: Figures | None = None

    async def figures(self) -> Figures | None:
        """Return the figures; None if the database does not respond, so that counters are still served."""
        if monotonic() - self._read_at >= CACHED_FOR:
            self._figures = await self._read()
            self._read_at = monotonic()
        return self._figures

    async def _read(self) -> Figures | None:
        try:
            async with self._sessions.begin() as session:
                return await gauges.read(session, sealer=self._sealer, clock=self._clock)
        except Exception as error:
            _log.warning("figures_not_read", failure=type(error).__name__)
            return None


@router.get(
    "/metrics",
    summary="Read Prometheus metrics",
    response_class=Response,
    responses={
        200: {"description": "Prometheus text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    },
)
async def metrics(request: Request) -> Response:
    """Return this process's counters and the gauges over all installations."""
    gauges: Gauges = request.app.state.gauges
    table_gauges = _GaugeCollector(await gauges.figures())
    return Response(generate_latest(REGISTRY) + generate_latest(table_gauges), media_type=CONTENT_TYPE_LATEST)


class _GaugeCollector(Collector):
    """Exposes figures as Prometheus gauges."""

    def __init__(self, found: Figures | None) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _gauge("database_up", "Whether the database responds", 0 if found is None else 1)
        if found is None:
            return
        yield _labelled_gauge("installations", "Installations", "state", found.installations)
        yield _labelled_gauge("connections", "Connections to Exact Online, by state", "state", found.connections)
        yield _gauge("clients", "Active clients", found.clients)
        yield _labelled_gauge("exports", "Exports, by status", "status", found.exports)
        yield _labelled_gauge("exports_in_exact", "Exports that Exact has, by grade", "grade", found.grades)
        yield _gauge("lane_backlog_most", "Documents queued in the longest lane", found.waiting_most)
        yield _gauge("oldest_waiting_seconds", "Age of the oldest queued document", found.waiting_oldest)
        yield _gauge("lanes", "Lanes (installation and company)", found.lanes)
        yield _gauge("lanes_leased", "Lanes leased by a worker", found.lanes_leased)
        yield _gauge(
            "lanes_overdue_seconds", "How long the most overdue lane has waited for a worker", found.lanes_overdue
        )
        yield _gauge("lanes_stuck", "Lanes whose workers lost their leases without progress", found.lanes_stuck)
        yield _gauge(
            "sealed_with_unknown_key", "Secrets sealed with a key that SECRET_KEYS does not list", found.unknown_key
        )
        yield _labelled_gauge("lanes_blocked", "Blocked lanes, by reason", "reason", found.lanes_blocked)
        yield _gauge("exact_calls_today", "Calls to Exact today, all companies", found.calls_today)
        yield _gauge(
            "exact_calls_today_most",
            "Calls to Exact today by the busiest company (limit 5,000)",
            found.calls_today_most,
        )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"banqup_exact_{name}", text, value=value)


def _labelled_gauge(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"banqup_exact_{name}", text, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
