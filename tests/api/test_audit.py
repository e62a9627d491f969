"""The audit log: every change leaves a line that names its caller, and no line can be changed."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app.reasons import PROBABLE_DUPLICATE
from app.storage.models import Export
from sandbox.running import Sandbox
from tests.api.running import MESSAGES, Api, message
from tests.api.test_description import OPERATIONS
from tests.api.test_onboarding import activate, connected

SPACE = "/v1/installations/{partner_space_id}"
CLIENT, EXPORTS, TARGET = f"{SPACE}/clients/{{business_space_id}}", f"{SPACE}/exports", f"{SPACE}/notifications"
CONFIRMED = {f"DELETE {SPACE}", f"DELETE {SPACE}/connection"}
# Each change of the API in an order in which all succeed: its body, and the action that the log names.
CHANGES: list[tuple[str, dict[str, Any] | None, str]] = [
    (f"POST {SPACE}/sign-in", {}, "sign_in_started"),
    (f"PUT {TARGET}", {"url": "https://1.1.1.1/secret"}, "notification_target_set"),
    (f"DELETE {TARGET}", None, "notification_target_removed"),
    (f"PUT {CLIENT}", {"company_code": "3", "route": "postbox"}, "client_changed"),
    (f"POST {EXPORTS}/{{export_id}}/resend", None, "export_resent"),
    (f"POST {EXPORTS}/{{export_id}}/release", None, "duplicate_released"),
    (f"POST {EXPORTS}/resend", {}, "errors_resent"),
    (
        f"POST {EXPORTS}/release",
        {"as": "readable", "reason": "Read it.", "code": PROBABLE_DUPLICATE.code},
        "errors_released",
    ),
    (f"PATCH {SPACE}", {"cutoff": "event"}, "cutoff_changed"),
    (f"DELETE {CLIENT}", None, "client_deactivated"),
    (f"DELETE {SPACE}/connection", None, "disconnected"),
    (f"DELETE {SPACE}", None, "uninstalled"),
    ("POST /v1/installations", {"country": "be"}, "installed"),
]


async def lines(desk: Api, space: UUID, query: str = "") -> list[dict[str, Any]]:
    answer = await desk.at("GET", space, f"/audit{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["lines"]
    return found


async def end_export(desk: Api, export: str) -> None:
    async with desk.services.sessions.begin() as session:
        await session.execute(
            update(Export)
            .where(Export.id == UUID(export))
            .values(status="error", reason=PROBABLE_DUPLICATE.because("Exact has it already.").as_json())
        )


def test_every_change_of_the_description_is_walked_below() -> None:
    from_elsewhere = {f"POST {MESSAGES}", "POST /oauth/exact-online/start"}
    changes = {name for name in OPERATIONS if not name.startswith("GET ")} - from_elsewhere
    assert changes == {name for name, _, _ in CHANGES}


async def test_every_change_leaves_a_line_with_its_caller(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    await desk.post_message(message(client, uuid4()))
    [export] = (await desk.at("GET", space, "/exports")).json()["exports"]
    ids = {"partner_space_id": space, "business_space_id": client, "export_id": export["id"]}
    token = desk.issuer.token(space, sub="els", client_id="portal")
    for name, body, action in CHANGES:
        await end_export(desk, export["id"])
        method, path = name.split()
        if path == "/v1/installations":
            permissions = ["documents:read", "messages:receive", "spaces:read"]
            body = {"partner_space_id": str(space), "country": "be", "permissions": permissions}
        before = len(await lines(desk, space))
        params = {"confirm": "true"} if name in CONFIRMED else {}
        answer = await desk.call(method, path.format(**ids), token=token, params=params, json=body)
        assert answer.is_success, (name, answer.text)
        found = await lines(desk, space)
        assert len(found) == before + 1, name
        assert found[0]["action"] == action
        assert found[0]["actor"] == {"kind": "caller", "name": "els", "client": "portal"}
        assert "secret" not in str(found[0])


async def test_a_sign_in_names_the_browser_and_a_change_of_company_both_companies(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    await activate(desk, space, client, company_code="7")
    changed, activated, signed_in, continued, started, *_ = await lines(desk, space)
    assert (changed["action"], changed["subject"]) == ("company_changed", str(client))
    assert (changed["before"]["division"], changed["after"]["division"]) == (100003, 10000017)
    assert (activated["action"], activated["before"]) == ("client_activated", None)
    assert (signed_in["action"], signed_in["actor"]["kind"]) == ("connected", "browser")
    assert (continued["action"], continued["actor"]["kind"]) == ("sign_in_continued", "browser")
    assert (started["action"], started["actor"]["kind"]) == ("sign_in_started", "caller")
    assert signed_in["after"] == {"login": (await desk.at("GET", space, "/connection")).json()["user"]["login"]}


async def test_the_log_is_paged_and_hidden_from_other_partners(api: Api) -> None:
    space = await api.installed()
    await api.at("PATCH", space, json={"cutoff": "event"})
    first = (await api.at("GET", space, "/audit?limit=1")).json()
    second = (await api.at("GET", space, f"/audit?limit=1&after={first['next']}")).json()
    assert [page["lines"][0]["action"] for page in (first, second)] == ["cutoff_changed", "installed"]
    assert second["next"] is None
    assert (await api.call("GET", f"/v1/installations/{space}/audit", uuid4())).status_code == 404


@pytest.mark.parametrize(
    "change", ["update audit_line set actor = 'x'", "delete from audit_line", "truncate audit_line"]
)
async def test_no_line_can_be_changed_or_removed(api: Api, change: str) -> None:
    await api.installed()
    with pytest.raises(DBAPIError, match="append-only"):
        async with api.services.sessions.begin() as session:
            await session.execute(text(change))
