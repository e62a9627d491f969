"""Exact's sign-in page and token endpoint keep the rules that were seen at the real ones."""

from typing import Any

import pytest

DAY = 86_400


async def test_the_sign_in_page_lets_choose_a_user_and_says_that_it_is_a_sandbox(exact: Any) -> None:
    asked = {"client_id": "app", "redirect_uri": "https://service.test/cb", "response_type": "code", "state": "x"}
    page = await exact.client.get("/api/oauth2/auth", params=asked)
    assert page.status_code == 200
    assert all(text in page.text for text in ("Anna Peeters", "Allow", "Deny", "this is not Exact Online"))


async def test_a_denial_comes_back_as_access_denied_with_the_state(exact: Any) -> None:
    location = await exact.consent(decision="deny")
    assert dict(location.params) == {"error": "access_denied", "state": "s 1"}


async def test_the_code_holds_url_encoded_characters(exact: Any) -> None:
    location = await exact.consent()
    assert b"%21" in location.raw_path
    assert "!" in location.params["code"]


async def test_a_redirect_address_that_is_not_https_is_refused_unless_it_is_loopback(exact: Any) -> None:
    asked = {"client_id": "app", "response_type": "code", "redirect_uri": "http://service.test/cb"}
    assert (await exact.client.get("/api/oauth2/auth", params=asked)).status_code == 401


async def test_a_redirect_address_other_than_the_registered_one_is_refused(exact: Any) -> None:
    await exact.admin("PUT", "/apps/app", {"secret": "secret", "redirect_uris": ["https://service.test/cb"]})
    asked = {"client_id": "app", "response_type": "code", "redirect_uri": "https://service.test/cb/"}
    assert (await exact.client.get("/api/oauth2/auth", params=asked)).status_code == 400


async def test_an_unknown_app_is_refused_at_both_endpoints(exact: Any) -> None:
    assert (await exact.client.get("/api/oauth2/auth", params={"client_id": "other"})).status_code == 400
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "app", "client_secret": "wrong"}
    refused = await exact.client.post("/api/oauth2/token", data=form)
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_request"})


async def test_tokens_are_long_and_opaque_and_their_lifetime_is_a_string(exact: Any) -> None:
    tokens = await exact.sign_in()
    assert tokens["expires_in"] == "600"
    assert tokens["token_type"] == "bearer"
    assert tokens["access_token"].startswith("stampBE001.gAAA")
    assert len(tokens["refresh_token"]) > 500
    assert set("!+/.") <= set(tokens["refresh_token"])


async def test_a_code_works_once(exact: Any) -> None:
    code = (await exact.consent()).params["code"]
    assert (await exact.exchange(code)).status_code == 200
    again = await exact.exchange(code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_request"})


async def test_a_code_lives_three_minutes(exact: Any) -> None:
    code = (await exact.consent()).params["code"]
    exact.core.clock.advance(181)
    assert (await exact.exchange(code)).status_code == 400


async def test_a_code_with_another_redirect_address_is_a_plain_bad_request(exact: Any) -> None:
    code = (await exact.consent()).params["code"]
    refused = await exact.exchange(code, redirect_uri="https://other.test/cb")
    assert (refused.status_code, refused.text) == (400, "Bad Request")


async def test_after_parallel_sign_ins_the_older_code_has_no_chain(exact: Any) -> None:
    older, newer = [(await exact.consent()).params["code"] for _ in range(2)]
    assert (await exact.exchange(newer)).status_code == 200
    refused = await exact.exchange(older)
    assert refused.status_code == 400
    assert "chainId" in refused.json()["error_description"]


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refresh_before_570_seconds_is_refused_as_too_early(exact: Any, status: int) -> None:
    tokens = await exact.sign_in()
    exact.core.world.settings.too_early_status = status
    exact.core.clock.advance(568)
    refused = await exact.refresh(tokens["refresh_token"])
    assert refused.status_code == status
    assert refused.json()["error"] == "access_denied"
    assert refused.headers["reason"].startswith("TooEarlyToRefreshTokens")


async def test_a_refresh_after_570_seconds_rotates_the_pair(exact: Any) -> None:
    first = await exact.sign_in()
    exact.core.clock.advance(571)
    second = (await exact.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    exact.access_token = second["access_token"]
    assert (await exact.get("current/Me")).status_code == 200


@pytest.mark.parametrize("status", [400, 401])
async def test_a_spent_refresh_token_is_refused(exact: Any, status: int) -> None:
    tokens = await exact.sign_in()
    exact.core.world.settings.old_token_status = status
    exact.core.clock.advance(571)
    await exact.refresh(tokens["refresh_token"])
    refused = await exact.refresh(tokens["refresh_token"])
    assert refused.status_code == status
    assert refused.json() == {"error": "unauthorized_client", "error_description": "Old refresh token used."}


async def test_a_refresh_token_unused_for_thirty_days_has_run_out(exact: Any) -> None:
    tokens = await exact.sign_in()
    exact.core.clock.advance(30 * DAY + 1)
    refused = await exact.refresh(tokens["refresh_token"])
    assert refused.status_code == 400
    assert refused.json()["error_description"].startswith("The refresh token expired at ")


async def test_a_second_sign_in_of_the_same_user_kills_the_first_chain(exact: Any) -> None:
    first = await exact.sign_in()
    second = await exact.sign_in()
    exact.core.clock.advance(571)
    assert (await exact.refresh(first["refresh_token"])).json()["error"] == "unauthorized_client"
    assert (await exact.refresh(second["refresh_token"])).status_code == 200


async def test_another_user_has_a_chain_of_its_own(exact: Any) -> None:
    first = await exact.sign_in("anna")
    await exact.sign_in("bram")
    exact.core.clock.advance(571)
    assert (await exact.refresh(first["refresh_token"])).status_code == 200


async def test_the_old_chain_can_die_at_consent_already(exact: Any) -> None:
    first = await exact.sign_in()
    exact.core.world.settings.supersede_at = "consent"
    await exact.consent()
    exact.access_token = first["access_token"]
    assert (await exact.get("current/Me")).status_code == 401


async def test_the_old_chain_can_live_until_the_first_refresh_of_the_new_one(exact: Any) -> None:
    first = await exact.sign_in()
    exact.core.world.settings.supersede_at = "first_refresh"
    second = await exact.sign_in()
    exact.core.clock.advance(571)
    first = (await exact.refresh(first["refresh_token"])).json()
    assert "access_token" in first
    await exact.refresh(second["refresh_token"])
    exact.core.clock.advance(571)
    assert (await exact.refresh(first["refresh_token"])).json()["error"] == "unauthorized_client"


async def test_an_access_token_lives_ten_minutes(exact: Any) -> None:
    await exact.sign_in()
    assert (await exact.get("current/Me")).status_code == 200
    exact.core.clock.advance(600)
    assert (await exact.get("current/Me")).status_code == 401


async def test_more_than_200_token_calls_a_day_are_refused(exact: Any) -> None:
    tokens = await exact.sign_in()
    answers = [await exact.refresh(tokens["refresh_token"]) for _ in range(200)]
    assert answers[-1].status_code == 429
    exact.core.clock.advance(DAY)
    assert (await exact.refresh(tokens["refresh_token"])).status_code == 200


async def test_a_token_call_that_is_no_form_is_a_plain_bad_request(exact: Any) -> None:
    refused = await exact.client.post("/api/oauth2/token", json={"grant_type": "refresh_token"})
    assert (refused.status_code, refused.text) == (400, "Bad Request")
