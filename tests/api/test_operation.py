"""Health, readiness and figures, of the API and of a worker."""

import re
from uuid import uuid4

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, text

from app.api import metrics
from app.crypto import Sealer
from app.main import create_worker_app
from app.queries.sealed import KeyCheck
from app.storage import db
from sandbox.running import Sandbox
from tests.api.issuing import Issuer
from tests.api.running import Api, message, running, settings
from tests.api.test_onboarding import activate, connected

AWAY = "postgresql://nobody@127.0.0.1:1/nothing"


def figures(text: str) -> dict[tuple[str, str], float]:
    """Values by name and label value."""
    return {
        (sample.name.removeprefix("banqup_exact_"), ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_process_is_alive_and_ready(api: Api) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await api.http.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def use_keys(desk: Api, sealer: Sealer) -> None:
    """Let the process have other keys, and forget what it read with the last ones."""
    desk.app.state.key_check = KeyCheck(sealer)
    desk.app.state.gauges = metrics.Gauges(desk.services.sessions, sealer, desk.clock)


async def test_a_process_that_lacks_a_key_is_not_ready_and_shows_how_many_secrets_wait(
    desk: Api, sandbox: Sandbox
) -> None:
    await connected(desk, sandbox)
    use_keys(desk, Sealer([b"x" * 32]))
    ready, shown = await desk.http.get("/readyz"), await desk.http.get("/metrics")
    use_keys(desk, Sealer(desk.settings.sealing_keys))
    assert (await desk.http.get("/readyz")).status_code == 200
    assert (ready.status_code, ready.json()["code"]) == (503, "secret_key_missing")
    assert figures(shown.text)["sealed_with_unknown_key", ""] >= 2
    assert figures((await desk.http.get("/metrics")).text)["sealed_with_unknown_key", ""] == 0


async def test_the_secrets_are_not_read_at_each_question_for_readiness(desk: Api, sandbox: Sandbox) -> None:
    await connected(desk, sandbox)
    statements: list[str] = []
    engine = desk.services.sessions.kw["bind"].sync_engine

    def note(*called: object) -> None:
        statements.append(str(called[2]))

    use_keys(desk, Sealer(desk.settings.sealing_keys))
    event.listen(engine, "before_cursor_execute", note)
    ready = [(await desk.http.get("/readyz")).status_code for _ in range(3)]
    event.remove(engine, "before_cursor_execute", note)
    assert ready == [200] * 3
    assert sum("token_chain" in statement for statement in statements) == 1


async def test_a_read_only_database_counts_as_away(issuer: Issuer, database_url: str) -> None:
    with db.connect_once(database_url).connect() as connection:
        name = connection.execute(text("select current_database()")).scalar_one()
        connection.execute(text(f'alter database "{name}" set default_transaction_read_only = on'))
        connection.commit()
    async with running(settings(issuer, database_url), issuer) as api:
        ready = await api.http.get("/readyz")
        posted = await api.post_message(message(uuid4(), uuid4()))
    assert [answer.status_code for answer in (ready, posted)] == [503, 503]
    assert [answer.headers["retry-after"] for answer in (ready, posted)] == ["5", "5"]
    assert ready.json()["detail"] == "The database is read-only."


async def test_without_a_database_it_is_alive_but_not_ready(issuer: Issuer) -> None:
    async with running(settings(issuer, AWAY), issuer) as api:
        assert (await api.http.get("/healthz")).status_code == 200
        ready = await api.http.get("/readyz")
        figures_there = await api.http.get("/metrics")
    assert (ready.status_code, ready.json()["code"]) == (503, "temporarily_unavailable")
    assert figures(figures_there.text)["database_up", ""] == 0


async def test_a_database_at_an_old_migration_is_not_ready(issuer: Issuer, empty_database_url: str) -> None:
    async with running(settings(issuer, empty_database_url), issuer) as api:
        ready = await api.http.get("/readyz")
    assert ready.status_code == 503
    assert "banqup-exact migrate" in ready.json()["detail"]


async def test_messages_are_counted_by_what_became_of_them(api: Api) -> None:
    before = figures((await api.http.get("/metrics")).text)
    await api.post_message(message(uuid4(), uuid4()))
    await api.post_message(message(uuid4(), uuid4(), category="space"))
    await api.post_message(b"{}")
    after = figures((await api.http.get("/metrics")).text)
    for outcome in ("unknown_space", "ignored", "unreadable_message"):
        assert after["messages_total", outcome] == before.get(("messages_total", outcome), 0) + 1


async def test_the_tables_are_shown_as_gauges(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    await desk.post_message(message(client, uuid4()))
    use_keys(desk, Sealer(desk.settings.sealing_keys))
    answer = await desk.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    shown = figures(answer.text)
    assert shown["database_up", ""] == 1
    assert shown["connections", "connected"] == 1
    assert shown["exports", "queued"] >= 1
    assert shown["lane_backlog_most", ""] >= 1
    assert shown["oldest_waiting_seconds", ""] > 0
    assert shown["lanes", ""] >= 1
    assert shown["installations", "active"] >= 1
    assert shown["clients", ""] >= 1
    assert ("exact_calls_today", "") in shown


async def test_scrapes_within_a_few_seconds_ask_the_tables_once(desk: Api, sandbox: Sandbox) -> None:
    use_keys(desk, Sealer(desk.settings.sealing_keys))
    before = figures((await desk.http.get("/metrics")).text)
    await connected(desk, sandbox)
    after = figures((await desk.http.get("/metrics")).text)
    assert after["installations", "active"] == before["installations", "active"]


async def test_a_worker_tells_its_health_and_nothing_else(issuer: Issuer, shared_database_url: str) -> None:
    app = create_worker_app(settings(issuer, shared_database_url))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http,
    ):
        statuses = [(await http.get(path)).status_code for path in ("/healthz", "/readyz", "/metrics")]
        other = await http.get("/v1/extension")
        message = await http.post("/webhooks/banqup/messages")
    assert statuses == [200, 200, 200]
    assert other.status_code == 404
    assert message.status_code == 404


async def test_the_description_is_read_from_our_own_server(api: Api) -> None:
    page = await api.http.get("/docs")
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    fetched = [address for address in needed if not address.startswith("data:image/svg+xml,")]

    assert len(fetched) == len(needed) - 1 == 2
    for address in fetched:
        assert address.startswith("/docs/assets/")
        assert (await api.http.get(address)).status_code == 200
