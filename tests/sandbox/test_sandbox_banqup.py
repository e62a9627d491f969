"""Banqup's tokens, documents, files and the issuer."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet


async def test_a_token_tells_its_lifetime_in_either_form(banqup: Any) -> None:
    first = (await banqup.sign_in()).json()
    await banqup.admin("PATCH", "/settings", {"expiry": "expires_at", "token_seconds": 3600})
    second = (await banqup.sign_in()).json()
    assert first["expires_in"] == 300
    left = datetime.fromisoformat(second["expires_at"]) - datetime.now(UTC)
    assert 3500 < left.total_seconds() <= 3600
    assert "expires_in" not in second


async def test_wrong_credentials_and_a_missing_or_old_token_are_a_401_with_banqups_body(banqup: Any) -> None:
    space = await banqup.space()
    refused = await banqup.sign_in(client_secret="wrong")
    banqup.core.clock.advance(301)
    old = await banqup.get(f"v2/spaces/{space}/documents")
    banqup.headers = {}
    missing = await banqup.get(f"v2/spaces/{space}/documents")
    assert [answer.status_code for answer in (refused, old, missing)] == [401, 401, 401]
    assert {"status", "error", "timestamp", "title", "detail"} <= set(missing.json())


async def test_a_document_comes_back_as_it_was_put_with_banqups_own_fields(banqup: Any) -> None:
    space = await banqup.space()
    put = {"folder": "SALES", "metadata": {"documentNumber": "V1"}, "own": [1]}
    body = {"document": put, "created_at": "2026-01-01T00:00:00.123456789Z"}
    made = await banqup.admin("POST", f"/spaces/{space}/documents", body)
    document = (await banqup.get(f"v2/spaces/{space}/documents/{made['id']}")).json()
    assert put.items() <= document.items()
    assert document["spaceId"] == space
    assert document["timestamps"]["createdAt"] == "2026-01-01T00:00:00.123456789Z"


async def test_a_missing_grant_looks_like_empty_data(banqup: Any) -> None:
    space = await banqup.space()
    made = await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {}})
    await banqup.admin("PATCH", f"/spaces/{space}", {"granted": False})
    one = await banqup.get(f"v2/spaces/{space}/documents/{made['id']}")
    many = await banqup.get(f"v2/spaces/{space}/documents")
    file = await banqup.get(f"v1/spaces/{space}/files/x")
    unknown = await banqup.get("v2/spaces/nowhere/documents/x")
    assert (one.status_code, one.json()) == (200, {})
    assert many.json()["data"] == []
    assert (file.json(), unknown.json()) == ({}, {})


async def test_a_document_that_is_gone_is_a_404(banqup: Any) -> None:
    space = await banqup.space()
    made = await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {}})
    await banqup.admin("DELETE", f"/spaces/{space}/documents/{made['id']}")
    answer = await banqup.get(f"v2/spaces/{space}/documents/{made['id']}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


async def test_documents_are_listed_page_by_page_and_by_folder(banqup: Any) -> None:
    space = await banqup.space()
    for folder in ("SALES", "PURCHASES", "SALES"):
        await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {"folder": folder}})
    sales = (await banqup.get(f"v2/spaces/{space}/documents?folder=SALES&size=1&page=1")).json()
    assert (len(sales["data"]), sales["paging"]["total"]) == (1, 2)
    assert (await banqup.get(f"v2/spaces/{space}/documents?page=x")).status_code == 400


async def test_a_document_can_be_posted_over_the_api(banqup: Any) -> None:
    space = await banqup.space()
    path = f"/datastore/documents/transaction/v2/spaces/{space}/documents"
    made = await banqup.client.post(path, json={"folder": "SALES"}, headers=banqup.headers)
    broken = await banqup.client.post(path, content=b"{", headers=banqup.headers)
    assert (made.status_code, broken.status_code) == (201, 400)
    assert (await banqup.get(f"v2/spaces/{space}/documents/{made.json()['id']}")).json()["folder"] == "SALES"


async def test_a_file_is_fetched_over_a_signed_address_without_the_token(banqup: Any) -> None:
    space = await banqup.space()
    content = base64.b64encode(b"<Invoice/>").decode()
    file = {"role": "UBL", "filename": "i.xml", "content_type": "application/xml", "content_base64": content}
    made = await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {}, "files": [file]})
    (named,) = made["files"]
    assert (named["role"], named["contentType"], named["fileSize"]) == ("UBL", "application/xml", 10)
    url = (await banqup.get(f"v1/spaces/{space}/files/{named['id']}")).json()["downloadUrl"]
    plain, with_token = await banqup.client.get(url), await banqup.client.get(url, headers=banqup.headers)
    forged = await banqup.client.get(url[:-1] + ("0" if url[-1] != "0" else "1"))
    banqup.core.clock.advance(3601)
    late = await banqup.client.get(url)
    assert plain.content == b"<Invoice/>"
    assert [answer.status_code for answer in (with_token, forged, late)] == [400, 403, 403]


async def test_a_file_awaits_its_upload(banqup: Any) -> None:
    space = await banqup.space()
    path = f"/datastore/documents/transaction/v1/spaces/{space}/files"
    made = (await banqup.client.post(path, json={"filename": "a.pdf"}, headers=banqup.headers)).json()
    assert made["status"] == "AWAITING_UPLOAD"
    assert "downloadUrl" not in (await banqup.get(f"v1/spaces/{space}/files/{made['id']}")).json()
    assert (await banqup.client.put(made["uploadUrl"], content=b"%PDF")).status_code == 200
    url = (await banqup.get(f"v1/spaces/{space}/files/{made['id']}")).json()["downloadUrl"]
    assert (await banqup.client.get(url)).content == b"%PDF"


async def test_an_approved_document_can_no_longer_be_modified(banqup: Any) -> None:
    space = await banqup.space()
    made = await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {}})
    path = f"/spaces/{space}/documents/{made['id']}"
    await banqup.admin("PATCH", path, {"own": 1})
    await banqup.admin("POST", f"{path}/approve")
    refused = await banqup.client.patch(f"/sandbox{path}", json={"own": 2})
    assert refused.status_code == 409
    changed = await banqup.admin("PATCH", f"{path}?force=true", {"own": 3})
    assert (changed["own"], changed["status"]["document"]) == (3, "APPROVED")


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("unauthorized_401", 401, None),
        ("limit_429", 429, None),
        ("server_error_500", 500, None),
        ("empty_data", 200, {}),
    ],
)
async def test_banqup_misbehaves_on_demand(banqup: Any, kind: str, status: int, body: Any) -> None:
    space = await banqup.space()
    await banqup.admin("POST", "/faults", {"kind": kind, "endpoint": "documents", "space": space, "times": 1})
    answer = await banqup.get(f"v2/spaces/{space}/documents")
    assert answer.status_code == status
    assert body is None or answer.json() == body
    assert "data" in (await banqup.get(f"v2/spaces/{space}/documents")).json()


async def test_banqup_answers_garbage_on_demand(banqup: Any) -> None:
    space = await banqup.space()
    await banqup.admin("POST", "/faults", {"kind": "garbage", "endpoint": "documents"})
    answer = await banqup.get(f"v2/spaces/{space}/documents")
    with pytest.raises(UnicodeDecodeError):
        json.loads(answer.content)
    assert answer.headers["content-type"] == "application/json"


async def test_the_issuer_signs_tokens_that_its_jwks_proves(banqup: Any) -> None:
    asked = {"subject": "partner-app", "partner_spaces": ["p1"], "scope": "exact-online:read"}
    token = (await banqup.admin("POST", "/issuer/token", asked))["access_token"]
    discovered = await banqup.admin("GET", "/issuer/.well-known/openid-configuration")
    keys = KeySet.import_key_set(await banqup.admin("GET", "/issuer/jwks.json"))
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (discovered["issuer"], "banqup-exact")
    assert (claims["sub"], claims["partner_spaces"], claims["scope"]) == ("partner-app", ["p1"], "exact-online:read")


async def test_claims_of_a_token_can_be_bent_for_bad_input(banqup: Any) -> None:
    asked = {"audience": "other", "expires_in": -10, "claims": {"iss": "https://nobody.test", "partner_spaces": "p1"}}
    token = (await banqup.admin("POST", "/issuer/token", asked))["access_token"]
    claims = jwt.decode(token, banqup.core.issuer.key, algorithms=["RS256"]).claims
    assert (claims["aud"], claims["iss"], claims["partner_spaces"]) == ("other", "https://nobody.test", "p1")
    assert claims["exp"] < claims["iat"]
