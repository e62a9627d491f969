"""Releases over the API: every error has a way out for a person."""

import ast
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import reasons
from app.reasons import ERRORS, NOT_FOUND, Kind, Who
from app.storage.models import Export
from tests.api.offices import Office
from tests.api.running import Api
from tests.api.test_onboarding import refusal

pytestmark = pytest.mark.slow

APP = Path(reasons.__file__).parent


def raised_as_rejected() -> set[str]:
    """The names of the kinds that code passes to `Rejected(….because(…))`."""
    calls = [node for path in APP.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    return {
        call.args[0].func.value.id
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Rejected"
        and call.args
        and isinstance(call.args[0], ast.Call)
        and isinstance(call.args[0].func, ast.Attribute)
        and isinstance(call.args[0].func.value, ast.Name)
    }


def test_every_kind_that_code_rejects_with_is_among_the_errors() -> None:
    names = {name for name, value in vars(reasons).items() if isinstance(value, Kind) and value in ERRORS}
    assert raised_as_rejected() - {"kind"} <= names


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.code)
async def test_every_error_names_who_acts_and_can_be_released_as_readable(office: Office, kind: Kind) -> None:
    assert kind.who is not Who.NOBODY
    assert any(way in kind.how.lower() for way in ("release", "resend", "manually"))
    export_id = await office.ended(reason=kind.because("It failed."))

    answer = await release(office, export_id, {"as": "readable", "reason": "Booked by hand."})

    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    async with office.desk.services.sessions() as session:
        readable = (await session.get_one(Export, export_id)).readable or {}
    assert (readable["because"], readable["error"]["code"]) == ("Booked by hand.", kind.code)


async def release(office: Office, export_id: UUID, body: Any) -> Any:
    return await office.desk.at("POST", office.space, f"/exports/{export_id}/release", json=body)


@pytest.mark.parametrize(
    "body", [{"as": "readable"}, {"as": "pdf", "reason": "Why."}, {"as": "readable", "reason": ""}, {"how": "readable"}]
)
async def test_a_release_as_readable_needs_a_reason(office: Office, body: Any) -> None:
    export_id = await office.ended()
    assert refusal(await release(office, export_id, body)) == (422, "invalid_request")


async def test_what_is_in_exact_is_not_released_as_readable(office: Office) -> None:
    export_id = await office.exported()
    answer = await release(office, export_id, {"as": "readable", "reason": "Why."})
    assert refusal(answer) == (409, "not_held")


async def test_all_errors_of_one_code_are_released_at_once(office: Office) -> None:
    chosen, other = await office.ended(reason=reasons.NO_INVOICE_DATA.because("A scan.")), await office.ended()
    body = {"as": "readable", "reason": "Scans are booked by hand.", "code": "no_invoice_data"}

    answer = await office.desk.at("POST", office.space, "/exports/release", json=body)

    assert (answer.status_code, answer.json()) == (202, {"count": 1})
    assert (await office.get(f"/{chosen}"))["status"] == "queued"
    assert (await office.get(f"/{other}"))["status"] == "error"


@pytest.mark.parametrize("body", [{}, {"as": "readable"}, {"reason": "Why."}])
async def test_a_bulk_release_needs_its_form_and_its_reason(api: Api, body: Any) -> None:
    space = await api.installed()
    assert refusal(await api.at("POST", space, "/exports/release", json=body)) == (422, "invalid_request")


async def test_an_export_of_another_partner_is_not_released(office: Office, api: Api) -> None:
    export_id, stranger = await office.ended(), await api.installed()
    body = {"as": "readable", "reason": "Why."}
    answer = await api.at("POST", stranger, f"/exports/{export_id}/release", json=body)
    assert refusal(answer) == (404, NOT_FOUND.code)
