"""What a person sees after the sign-in, whatever became of it."""

import re
from uuid import UUID

import httpx
import pytest

from sandbox.running import Sandbox
from tests.api.issuing import Issuer
from tests.api.running import FRONT_END, Api, running, settings
from tests.api.test_onboarding import begun, connected, continued, sign_in

pytestmark = pytest.mark.slow

CALLBACK = "/oauth/exact-online/callback"


def expect_page(answer: httpx.Response, status: int, *, referrer: str = "no-referrer") -> str:
    """A self-contained page: no script, no resources, not framed, not cached, its address not passed on."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == (referrer, "no-store")
    assert answer.headers["x-frame-options"] == "DENY"
    assert not re.search(r"<script|<link|<img|<iframe|src=|href=|url\(|@import", answer.text)
    assert '<html lang="en">' in answer.text
    assert answer.text.count("<h1>") == 1
    return answer.text


async def test_a_connection_is_confirmed_with_who_and_for_which_space(desk: Api, sandbox: Sandbox) -> None:
    space = await desk.installed()
    page = expect_page(await sign_in(desk, sandbox, space), 200)
    assert "Exact Online is connected" in page
    assert "Anna Peeters" in page
    assert str(space) in page
    assert "no longer connected" not in page


async def test_the_page_says_that_another_space_was_disconnected_but_not_which(desk: Api, sandbox: Sandbox) -> None:
    first = await connected(desk, sandbox)
    second = await desk.installed()
    page = expect_page(await sign_in(desk, sandbox, second), 200)
    assert "Another Banqup space was disconnected" in page
    assert str(first) not in page


async def test_names_are_shown_as_text(desk: Api, sandbox: Sandbox) -> None:
    await sandbox.exact.post("/sandbox/users", {"id": "eva", "name": "<b>Eva</b> & Co", "companies": [100001]})
    page = expect_page(await sign_in(desk, sandbox, await desk.installed(), user="eva"), 200)
    assert "&lt;b&gt;Eva&lt;/b&gt; &amp; Co" in page


@pytest.mark.parametrize(
    ("return_to", "expected"),
    [
        ("/done", "/done?exact_online=connected"),
        ("/done?a=1&b=%20", "/done?a=1&b=%20&exact_online=connected"),
        ("/done#part", "/done?exact_online=connected#part"),
        ("", "?exact_online=connected"),
    ],
)
async def test_the_browser_goes_back_to_the_front_end(
    desk: Api, sandbox: Sandbox, return_to: str, expected: str
) -> None:
    answer = await sign_in(desk, sandbox, await desk.installed(), return_to=FRONT_END + return_to)
    assert (answer.status_code, answer.headers["location"]) == (303, FRONT_END + expected)
    assert answer.headers["referrer-policy"] == "no-referrer"


async def at_exact(desk: Api, space: UUID) -> str:
    """Exact's address for a sign-in whose button was pressed."""
    return await continued(desk, await begun(desk, space))


async def test_a_denied_access_is_reported_and_connects_nothing(desk: Api, sandbox: Sandbox) -> None:
    space = await desk.installed()
    back = await sandbox.exact.sign_in(await at_exact(desk, space), decision="deny")
    page = expect_page(await desk.http.get(back), 400)
    assert "The sign-in was cancelled" in page
    assert (await desk.at("GET", space, "/connection")).json()["state"] == "missing"


async def test_a_callback_works_once(desk: Api, sandbox: Sandbox) -> None:
    back = await sandbox.exact.sign_in(await at_exact(desk, await desk.installed()))
    expect_page(await desk.http.get(back), 200)
    assert "no longer valid" in expect_page(await desk.http.get(back), 400)


@pytest.mark.parametrize(
    "query", ["", "?state=forged&code=x", "?code=x", "?state=%00&code=x", "?state=é&error=<script>"]
)
async def test_a_forged_or_missing_state_is_refused(api: Api, query: str) -> None:
    page = expect_page(await api.http.get(CALLBACK + query), 400)
    assert "sign_in_stale" in page


async def test_a_code_that_exact_refuses_is_reported(desk: Api, sandbox: Sandbox) -> None:
    space = await desk.installed()
    back = httpx.URL(await sandbox.exact.sign_in(await at_exact(desk, space)))
    page = expect_page(await desk.http.get(back.copy_set_param("code", "wrong")), 502)
    assert "Exact Online refused the sign-in" in page


@pytest.mark.parametrize("endpoint", ["oauth2/token", "current/Me"])
@pytest.mark.parametrize("kind", ["html_503", "html_200", "reset_before", "empty_599"])
async def test_an_exact_that_is_away_is_reported(desk: Api, sandbox: Sandbox, kind: str, endpoint: str) -> None:
    back = await sandbox.exact.sign_in(await at_exact(desk, await desk.installed()))
    await sandbox.exact.fault(kind, endpoint=endpoint)
    page = expect_page(await desk.http.get(back), 503)
    assert "Exact Online does not respond" in page


async def test_a_wrong_secret_of_our_app_is_reported(desk: Api, sandbox: Sandbox) -> None:
    space = await desk.installed()
    back = await sandbox.exact.sign_in(await at_exact(desk, space))
    app = {"secret": "another", "redirect_uris": [desk.settings.oauth_redirect_uri]}
    await sandbox.exact.put(f"/sandbox/apps/{sandbox.exact_client_id}", app)
    assert "sign_in_refused" in expect_page(await desk.http.get(back), 502)


async def test_a_database_that_is_away_is_reported_as_a_page(issuer: Issuer) -> None:
    async with running(settings(issuer, "postgresql://nobody@127.0.0.1:1/nothing"), issuer) as api:
        page = expect_page(await api.http.get(f"{CALLBACK}?state=a&code=b"), 503)
    assert "temporarily_unavailable" in page
