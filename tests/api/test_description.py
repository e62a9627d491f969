"""The description of the API: in step with the code, complete, and true under generated calls."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings
from pydantic import BaseModel
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.api import clients, companies, connection, events, exports, extension, installations
from app.api.examples import EXAMPLES
from app.notifications.events import EventType
from app.processes import openapi
from app.reasons import KINDS
from sandbox.running import Sandbox
from tests.api.running import MESSAGES, Api, message
from tests.api.test_onboarding import activate, connected

FILE = Path(__file__).parents[2] / "openapi.yaml"
MODULES = (clients, companies, connection, events, exports, extension, installations)
DOCUMENT: dict[str, Any] = yaml.safe_load(FILE.read_text())
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


def test_the_file_is_in_step_with_the_code() -> None:
    assert FILE.read_text() == openapi.rendered()


def test_the_environment_does_not_show_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PUBLIC_URL", "EXACT_APPS", "WEBHOOK_AUTH"):
        monkeypatch.setitem(os.environ, name, "elsewhere")
    assert "elsewhere" not in openapi.rendered()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_what_the_code_takes_or_gives(name: str) -> None:
    [model] = {found for module in MODULES if isinstance(found := getattr(module, name, None), type)}
    assert issubclass(model, BaseModel)
    for example in EXAMPLES[name]:
        given = model.model_validate(example)
        if model.model_config.get("extra") != "forbid":
            assert given.model_dump(mode="json") == example


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_does_and_who_may(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["operationId"]
    assert len(operation["tags"]) == 1
    pages = {"/oauth/exact-online/start", "/oauth/exact-online/callback"}
    public = {"/v1/extension", *pages, "/healthz", "/readyz", "/metrics"}
    assert (operation["security"] == []) == (name.split()[1] in public)


def test_every_code_of_an_answer_is_a_published_one() -> None:
    published = {kind.code: kind for kind in KINDS}
    for response in DOCUMENT["components"]["responses"].values():
        for code, example in response["content"]["application/problem+json"]["examples"].items():
            assert example["value"]["status"] == published[code].status
            assert example["value"]["how"] == published[code].how


def test_the_contract_is_all_there() -> None:
    space, client = "/v1/installations/{partner_space_id}", "/clients/{business_space_id}"
    assert set(OPERATIONS) >= {
        f"POST {MESSAGES}",
        "GET /v1/extension",
        "POST /v1/installations",
        *(f"{method} {space}" for method in ("GET", "PATCH", "DELETE")),
        f"POST {space}/sign-in",
        "GET /oauth/exact-online/start",
        "POST /oauth/exact-online/start",
        "GET /oauth/exact-online/callback",
        *(f"{method} {space}/connection" for method in ("GET", "DELETE")),
        f"GET {space}/companies",
        *(f"{method} {space}{client}" for method in ("GET", "PUT", "DELETE")),
        f"GET {space}/clients",
        f"GET {space}/exports",
        f"GET {space}/exports/{{export_id}}",
        f"GET {space}/exports/{{export_id}}/ubl",
        f"POST {space}/exports/{{export_id}}/resend",
        f"POST {space}/exports/resend",
        *(f"GET {path}" for path in ("/healthz", "/readyz", "/metrics")),
    }


def test_every_notification_is_described_with_its_headers_and_an_example() -> None:
    assert set(DOCUMENT["webhooks"]) == set(get_args(EventType))
    for name, operations in DOCUMENT["webhooks"].items():
        operation = operations["post"]
        headers = [f"webhook-{header}" for header in ("id", "timestamp", "signature")]
        assert [header["$ref"] for header in operation["parameters"]] == [
            f"#/components/parameters/{each}" for each in headers
        ]
        assert all(DOCUMENT["components"]["parameters"][each]["required"] for each in headers)
        place = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert [example["type"] for example in DOCUMENT["components"]["schemas"][place]["examples"]] == [name]


# A schema cannot express which origins, cursors, states and destinations are valid: others are refused as described.
ONLY_WE_KNOW = ("/sign-in", "/exports", "/start", "/callback", "/notifications", "/audit")
schema = schemathesis.openapi.from_dict(DOCUMENT)


@dataclass(frozen=True)
class Known:
    """A partner who is connected, with a client and an export, and the headers to manage them."""

    headers: dict[str, str]
    ids: dict[str, str]


@pytest.fixture
async def known(desk: Api, sandbox: Sandbox) -> Known:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    await desk.post_message(message(client, uuid4()))
    [export] = (await desk.at("GET", space, "/exports")).json()["exports"]
    ids = {"partner_space_id": str(space), "business_space_id": str(client), "export_id": export["id"]}
    return Known({"Authorization": f"Bearer {desk.issuer.token(space)}"}, ids)


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_generated_calls_are_answered_as_described(case: schemathesis.Case[Any], address: str, known: Known) -> None:
    if case.meta and case.meta.generation.mode.is_positive:
        case.path_parameters |= {name: known.ids[name] for name in case.path_parameters if name in known.ids}
    kept_to_itself: list[CheckFunction] = []
    if case.operation.path.endswith(ONLY_WE_KNOW):
        kept_to_itself.append(positive_data_acceptance)
    case.call_and_validate(base_url=address, headers=known.headers, excluded_checks=kept_to_itself)
