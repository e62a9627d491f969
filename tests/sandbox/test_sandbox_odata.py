"""The wire forms: envelopes, filters, paging, dates, Atom."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from lxml import etree

DOCUMENTS = "100002/documents/Documents"


async def test_lists_come_sixty_at_a_time_with_the_address_of_the_next_page(anna: Any) -> None:
    anna.core.world.settings.limits = False
    for number in range(130):
        await anna.document(f"n {number}")
    first = (await anna.get(DOCUMENTS, select="ID,Subject", orderby="Subject desc")).json()["d"]
    seen, following = [row["Subject"] for row in first["results"]], first["__next"]
    while following:
        assert "%24skiptoken=guid%27" in following
        parts = urlsplit(following)
        page = (await anna.call("GET", parts.path.removeprefix("/api/v1/"), params=parse_qsl(parts.query))).json()["d"]
        seen += [row["Subject"] for row in page["results"]]
        following = page.get("__next")
    assert len(first["results"]) == 60
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 130


async def test_top_and_inlinecount_are_obeyed(anna: Any) -> None:
    for number in range(3):
        await anna.document(f"n {number}")
    answer = (await anna.get(DOCUMENTS, top="2", inlinecount="allpages")).json()["d"]
    assert (len(answer["results"]), answer["__count"], "__next" in answer) == (2, "3", False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Subject eq 'it''s one'", 1),
        ("startswith(Subject, 'it''s') eq true", 1),
        ("startswith(Subject,'two') or Subject eq 'it''s one'", 2),
        ("Type eq 20 and Created ge datetime'2020-01-29T00:00:00'", 2),
        ("(Type eq 10 or Type eq 20) and not (Subject eq 'two')", 1),
        ("Created ge datetime'2120-01-29T00:00:00'", 0),
        ("substringof('wo',Subject)", 1),
        ("Account eq null", 2),
        ("AmountFC gt 1.5M", 0),
        ("ID eq guid'00000000-0000-0000-0000-000000000000'", 0),
    ],
)
async def test_filters_find_what_they_name(anna: Any, text: str, found: int) -> None:
    await anna.document("it's one")
    await anna.document("two")
    assert len(await anna.rows(DOCUMENTS, filter=text)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "Nothing eq 1"},
        {"filter": "Subject = 'x'"},
        {"filter": "Subject eq 'x"},
        {"filter": "Created ge datetime'yesterday'"},
        {"filter": "(Type eq 20"},
        {"select": "ID,Nothing"},
        {"orderby": "Nothing"},
        {"top": "many"},
    ],
)
async def test_a_query_that_is_not_understood_is_a_400_with_exacts_body(anna: Any, query: dict[str, str]) -> None:
    answer = await anna.get(DOCUMENTS, **query)
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"code", "message"}


async def test_without_asking_for_json_atom_comes_back(anna: Any) -> None:
    await anna.document("<angle> & co")
    answer = await anna.call("GET", DOCUMENTS, headers={"Accept": "*/*"})
    feed = etree.fromstring(answer.content)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert [node.text for node in feed.iter("{*}Subject")] == ["<angle> & co"]
    refused = await anna.call("GET", "100002/crm/Accounts", headers={"Accept": "*/*"})
    said = etree.fromstring(refused.content).findtext("{*}message") or ""
    assert said.startswith("This endpoint has mandatory")


async def test_dates_are_milliseconds_in_the_form_that_is_set(anna: Any) -> None:
    moment = int(anna.core.clock.timestamp())
    settings = anna.core.world.settings
    utc = (await anna.document("utc"))["Created"]
    settings.dates, settings.date_offset = "cet", "+0200"
    local = (await anna.document("cet"))["Created"]
    assert abs(int(utc[6:-2]) - moment * 1000) < 5000
    assert local.endswith("+0200)/")
    assert int(local[6:-7]) - int(utc[6:-2]) > 3_500_000


async def test_a_list_cut_by_top_comes_as_a_plain_array_unless_it_is_set_otherwise(anna: Any) -> None:
    await anna.document()
    assert len((await anna.get(DOCUMENTS, top="1")).json()["d"]) == 1
    anna.core.world.settings.lists = "results"
    assert len((await anna.get(DOCUMENTS, top="1")).json()["d"]["results"]) == 1


async def test_lists_can_come_as_a_plain_array(anna: Any) -> None:
    anna.core.world.settings.lists = "plain"
    assert isinstance((await anna.get("current/Me")).json()["d"], list)


async def test_an_address_over_6000_characters_is_refused(anna: Any) -> None:
    assert (await anna.get(DOCUMENTS, filter=f"Subject eq '{'x' * 6000}'")).status_code == 414


async def test_an_unknown_resource_or_key_is_not_found(anna: Any) -> None:
    assert (await anna.get("100002/documents/Nothing")).status_code == 404
    missing = await anna.get(f"{DOCUMENTS}(guid'00000000-0000-0000-0000-000000000000')")
    assert missing.status_code == 404


async def test_accounts_are_listed_only_with_a_filter(anna: Any) -> None:
    refused = await anna.get("100002/crm/Accounts", select="ID")
    assert refused.status_code == 400
    assert "mandatory filtering" in refused.json()["error"]["message"]["value"]
    assert (await anna.get("100002/crm/Accounts", filter="IsSupplier eq true")).status_code == 400
    (found,) = await anna.rows("100002/crm/Accounts", filter="VATNumber eq 'BE0934567878'", select="Name")
    assert found["Name"] == "Elektro Vermeulen BV"
