"""What Prometheus reads: the counters of this process, and how things stand in the tables."""

from collections.abc import Iterator, Mapping
from time import monotonic

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from app import log
from app.clock import Clock
from app.metrics import REGISTRY
from app.queries import gauges
from app.queries.gauges import Figures
from app.storage.db import Sessions

router = APIRouter(tags=["Operation"])

# Several may scrape; the tables are asked once in so many seconds.
KEPT_FOR = 5.0

_log = log.get(__name__)


class Gauges:
    """The tables' figures, kept for a few seconds."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._read_at = float("-inf")
        self._figures: Figures | None = None

    async def figures(self) -> Figures | None:
        """None where the database does not answer: the counters of the process are shown all the same."""
        if monotonic() - self._read_at >= KEPT_FOR:
            self._figures = await self._read()
            self._read_at = monotonic()
        return self._figures

    async def _read(self) -> Figures | None:
        try:
            async with self._sessions.begin() as session:
                return await gauges.read(session, clock=self._clock)
        except Exception as error:
            _log.warning("figures_not_read", failure=type(error).__name__)
            return None


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"description": "Text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Counters of this process, and gauges over all installations that every process reads from the same tables."""
    gauges: Gauges = request.app.state.gauges
    stood = _GaugeCollector(await gauges.figures())
    return Response(generate_latest(REGISTRY) + generate_latest(stood), media_type=CONTENT_TYPE_LATEST)


class _GaugeCollector(Collector):
    """Figures in Prometheus' words."""

    def __init__(self, found: Figures | None) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _gauge("database_up", "Whether the database answered", 0 if found is None else 1)
        if found is None:
            return
        yield _labelled_gauge("installations", "Installations", "state", found.installations)
        yield _labelled_gauge("connections", "Connections with Exact Online, by state", "state", found.connections)
        yield _gauge("clients", "Active clients", found.clients)
        yield _labelled_gauge("exports", "Exports, by status", "status", found.exports)
        yield _gauge("lane_backlog_most", "Documents that wait in the longest lane", found.waiting_most)
        yield _gauge(
            "oldest_waiting_seconds", "Since the message about the oldest document that waits", found.waiting_oldest
        )
        yield _gauge("lanes", "Lanes (installation and company)", found.lanes)
        yield _gauge("lanes_leased", "Lanes that a worker carries now", found.lanes_leased)
        yield _gauge("lanes_overdue_seconds", "How long the longest due lane waits for a worker", found.lanes_overdue)
        yield _labelled_gauge("lanes_blocked", "Lanes that are held up, by reason", "reason", found.lanes_blocked)
        yield _gauge("exact_calls_today", "Calls of Exact's daily budgets used, all companies", found.calls_today)
        yield _gauge("exact_calls_today_most", "Of the company that used most (of 5,000)", found.calls_today_most)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"banqup_exact_{name}", text, value=value)


def _labelled_gauge(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"banqup_exact_{name}", text, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
