"""Sixty a minute, 5,000 a day, ten errors an hour, one call at a time."""

from datetime import UTC, datetime
from typing import Any

TYPES = "100002/documents/DocumentTypes"


async def test_every_answer_of_a_company_carries_both_families_of_headers(anna: Any) -> None:
    anna.core.clock.freeze(datetime(2026, 1, 29, 10, 15, 30, tzinfo=UTC))
    await anna.sign_in()
    headers = (await anna.get(TYPES)).headers
    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == ("5000", "4999")
    assert (headers["x-ratelimit-minutely-limit"], headers["x-ratelimit-minutely-remaining"]) == ("60", "59")
    assert headers["x-ratelimit-minutely-reset"] == str(
        int(datetime(2026, 1, 29, 10, 16, tzinfo=UTC).timestamp()) * 1000
    )
    assert headers["x-ratelimit-reset"] == str(int(datetime(2026, 1, 30, tzinfo=UTC).timestamp()) * 1000)


async def test_the_sixty_first_call_of_a_clock_minute_is_a_429_of_that_family_only(anna: Any) -> None:
    anna.core.clock.freeze(datetime.now(UTC).replace(second=30))
    statuses = [(await anna.get(TYPES)).status_code for _ in range(60)]
    refused = await anna.get(TYPES)
    assert set(statuses) == {200}
    assert (refused.status_code, refused.content) == (429, b"")
    assert "x-ratelimit-minutely-reset" in refused.headers
    assert "x-ratelimit-reset" not in refused.headers
    assert (await anna.get("100003/documents/DocumentTypes")).status_code == 200
    anna.core.clock.advance(30)
    assert (await anna.get(TYPES)).status_code == 200


async def test_the_day_ends_at_its_limit(anna: Any) -> None:
    anna.core.world.settings.day_limit = 2
    statuses = [(await anna.get(TYPES)).status_code for _ in range(3)]
    refused = await anna.get(TYPES)
    assert statuses == [200, 200, 429]
    assert "x-ratelimit-reset" in refused.headers
    assert "x-ratelimit-minutely-reset" not in refused.headers


async def test_the_eleventh_error_of_an_hour_blocks_the_app_for_an_hour(anna: Any) -> None:
    anna.core.clock.freeze(datetime.now(UTC).replace(minute=0, second=30))
    errors = [(await anna.get("100002/crm/Accounts")).status_code for _ in range(11)]
    assert set(errors) == {400}
    assert (await anna.get(TYPES)).status_code == 429
    tokens = await anna.sign_in()
    anna.core.clock.advance(3601)
    anna.access_token = (await anna.refresh(tokens["refresh_token"])).json()["access_token"]
    assert (await anna.get(TYPES)).status_code == 200
    assert (await anna.admin("GET", "/calls"))["error_blocks"] == {"app": 1}


async def test_errors_of_different_endpoints_are_counted_apart(anna: Any) -> None:
    for path in ("100002/crm/Accounts", "100002/documents/Nothing"):
        for _ in range(10):
            await anna.get(path)
    assert (await anna.get(TYPES)).status_code == 200


async def test_limits_can_be_switched_off(anna: Any) -> None:
    await anna.admin("PATCH", "/settings", {"limits": False})
    answers = [await anna.get(TYPES) for _ in range(70)]
    assert {answer.status_code for answer in answers} == {200}


async def test_an_unknown_setting_is_refused(anna: Any) -> None:
    refused = await anna.client.patch("/sandbox/settings", json={"limit": False})
    assert refused.status_code == 422


async def test_calls_are_counted_by_endpoint_and_status(anna: Any) -> None:
    await anna.admin("DELETE", "/calls")
    await anna.get(TYPES)
    await anna.get("100002/documents/Nothing")
    calls = await anna.admin("GET", "/calls")
    assert calls["by_endpoint"] == {"GET documents/DocumentTypes": 1, "GET documents/Nothing": 1}
    assert calls["by_status"] == {"200": 1, "404": 1}
    recent = await anna.admin("GET", "/calls/recent")
    assert [(call["company"], call["status"]) for call in recent] == [("100002", 200), ("100002", 404)]
