"""What holds of every route in openapi.yaml: headers, unknown parameters, trailing slashes; and of every page."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import yaml

from tests.api.running import Api

DOCUMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text())
OPERATIONS = [(method.upper(), path) for path, operations in DOCUMENT["paths"].items() for method in operations]
REST = [(method, path) for method, path in OPERATIONS if path.startswith("/v1/")]
PAGES = ["/docs", *(path for _, path in OPERATIONS if path.startswith("/oauth/"))]
BODY: dict[str, Any] = {"json": {}}


def located(path: str, space: UUID) -> str:
    """The path with the space of the caller, and with any ID in its other places."""
    return re.sub(r"\{\w+\}", str(uuid4()), path.replace("{partner_space_id}", str(space)))


async def call(api: Api, method: str, path: str, *, query: str = "", body: bool = True) -> httpx.Response:
    space = uuid4()
    content = BODY if body and method in ("POST", "PUT", "PATCH") else {}
    return await api.call(method, f"{located(path, space)}{query}", space, **content)


def test_the_description_has_the_routes() -> None:
    assert len(REST) > 15
    assert len(PAGES) > 2


@pytest.mark.parametrize(("method", "path"), REST)
@pytest.mark.parametrize("query", ["?client_id=1", "?after=1&Client=2", "?confirm=true&confirm=false", "?%00=1"])
async def test_an_unknown_or_repeated_parameter_is_a_422_that_names_it(
    api: Api, method: str, path: str, query: str
) -> None:
    answer = await call(api, method, path, query=query)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_request")
    assert problem["details"]["errors"][0]["field"].startswith("query.")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_a_trailing_slash_is_another_address(api: Api, method: str, path: str) -> None:
    answer = await call(api, method, f"{path}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "location" not in answer.headers


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_no_answer_is_kept_framed_or_sniffed(api: Api, method: str, path: str) -> None:
    answer = await call(api, method, path)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_an_answer_that_holds_data_is_not_kept(api: Api) -> None:
    space = await api.installed()
    for path in ("", "/clients", "/exports", "/connection", "/audit"):
        answer = await api.at("GET", space, path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_runs_only_what_is_ours(api: Api, path: str) -> None:
    answer = await api.http.get(path)

    assert answer.headers["content-type"].startswith("text/html") or answer.status_code == 405
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in policy.get("script-src", "")
    assert "*" not in answer.headers["content-security-policy"]


async def test_the_assets_of_the_description_may_be_kept(api: Api) -> None:
    answer = await api.http.get("/docs/assets/swagger-ui.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=86400")


@pytest.mark.parametrize("path", ["/docs/", "/docs/assets", "/docs/assets/", "/docs/assets/nothing.js"])
async def test_what_the_description_does_not_have_is_a_problem(api: Api, path: str) -> None:
    answer = await api.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
