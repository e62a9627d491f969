"""The process's Prometheus counters; `app.queries.gauges` reads gauges from the tables."""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()

MESSAGES = Counter("banqup_exact_messages", "Messages from Banqup, by outcome", ["outcome"], registry=REGISTRY)
EXACT_CALLS = Counter("banqup_exact_exact_calls", "Calls to Exact, by endpoint", ["endpoint"], registry=REGISTRY)
EXACT_ERRORS = Counter(
    "banqup_exact_exact_counted_errors", "Responses that Exact counts as errors", ["endpoint"], registry=REGISTRY
)
TOKEN_REFRESHES = Counter(
    "banqup_exact_token_refreshes", "Refreshes of Exact tokens, by outcome", ["outcome"], registry=REGISTRY
)
EXPORTS = Counter("banqup_exact_exports_ended", "Ended exports, by outcome", ["outcome"], registry=REGISTRY)
DELIVERED = Counter("banqup_exact_exports_delivered", "Delivered exports, by grade", ["grade"], registry=REGISTRY)
TIME_TO_EXACT = Histogram(
    "banqup_exact_message_to_exact_seconds",
    "Time from the message to the document in Exact",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 86400),
    registry=REGISTRY,
)
