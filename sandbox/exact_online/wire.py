"""Rows as Exact writes them: JSON in `d` envelopes, or Atom XML unless JSON is requested."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from starlette.responses import Response

from sandbox.answers import json_answer
from sandbox.exact_online.entities import BINARY, DATE, INT64, EntitySet

_ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:d="{0}" xmlns:m="{0}/metadata"'.format(
    "http://schemas.microsoft.com/ado/2007/08/dataservices"
)
_METADATA = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"


@dataclass(frozen=True, slots=True)
class View:
    """How a response is written: base URL, company, format and offset of dates."""

    base: str
    division: str
    as_json: bool
    date_offset: str = ""
    plain_lists: bool = False

    def uri(self, entity: EntitySet, row: Mapping[str, Any]) -> str:
        key = row[entity.key]
        shown = f"guid'{key}'" if entity.fields[entity.key] == "Edm.Guid" else key
        return f"{self.base}/api/v1/{self.division}/{entity.path}({shown})"


def milliseconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def _plain(value: Any, edm: str, view: View) -> Any:
    if value is None:
        return None
    if edm == DATE:
        return f"/Date({milliseconds(value)}{view.date_offset})/"
    if edm == INT64:
        return str(value)
    if edm == BINARY:
        return base64.b64encode(value).decode()
    return value


def entry(entity: EntitySet, row: Mapping[str, Any], names: Iterable[str], view: View) -> dict[str, Any]:
    """Return one row as JSON."""
    fields = entity.fields
    written: dict[str, Any] = {"__metadata": {"uri": view.uri(entity, row), "type": entity.type}}
    for name in names:
        written[name] = _plain(row.get(name), fields[name], view)
    return written


def list_answer(
    entity: EntitySet,
    rows: list[dict[str, Any]],
    names: list[str],
    view: View,
    *,
    following: str | None = None,
    count: int | None = None,
) -> Response:
    """Return a page of rows; `following` is the URL of the next page."""
    if not view.as_json:
        return _atom("".join(_atom_entry(entity, row, names, view) for row in rows), view, entity, following)
    entries = [entry(entity, row, names, view) for row in rows]
    if entity.plain_list or view.plain_lists:
        return json_answer({"d": entries})
    page: dict[str, Any] = {"results": entries}
    if count is not None:
        page["__count"] = str(count)
    if following is not None:
        page["__next"] = following
    return json_answer({"d": page})


def entry_answer(entity: EntitySet, written: dict[str, Any], view: View, *, status: int = 200) -> Response:
    """Return one entity, as JSON or as an Atom entry."""
    headers = {"Location": written["__metadata"]["uri"]} if status == 201 else None
    if view.as_json:
        return json_answer({"d": written}, status=status, headers=headers)
    names = [name for name in written if name in entity.fields]
    body = f'<?xml version="1.0" encoding="utf-8"?>{_atom_written(entity, written, names, attributes=_ATOM)}'
    return Response(body, status_code=status, headers=headers, media_type="application/atom+xml;type=entry")


def error_answer(status: int, message: str, *, as_json: bool, headers: Mapping[str, str]) -> Response:
    """Return Exact's error body."""
    if as_json:
        return json_answer(
            {"error": {"code": "", "message": {"lang": "", "value": message}}}, status=status, headers=headers
        )
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><error xmlns="{_METADATA}"><code></code>'
        f'<message xml:lang="">{escape(message)}</message></error>'
    )
    return Response(body, status_code=status, headers=headers, media_type="application/xml")


def _atom(entries: str, view: View, entity: EntitySet, following: str | None) -> Response:
    link = f'<link rel="next" href="{escape(following, {chr(34): "&quot;"})}"/>' if following else ""
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><feed xml:base="{view.base}/api/v1/{view.division}/" {_ATOM}>'
        f'<title type="text">{entity.path.rsplit("/", 1)[-1]}</title>{entries}{link}</feed>'
    )
    return Response(body, media_type="application/atom+xml;type=feed")


def _atom_entry(entity: EntitySet, row: Mapping[str, Any], names: list[str], view: View) -> str:
    return _atom_written(entity, entry(entity, row, names, view), names)


def _atom_written(entity: EntitySet, written: Mapping[str, Any], names: list[str], *, attributes: str = "") -> str:
    properties = "".join(_atom_property(name, entity.fields[name], written[name]) for name in names)
    head = f"<entry {attributes}>" if attributes else "<entry>"
    return (
        f"{head}<id>{escape(written['__metadata']['uri'])}</id><title/>"
        f'<content type="application/xml"><m:properties>{properties}</m:properties></content></entry>'
    )


def _atom_property(name: str, edm: str, value: Any) -> str:
    kind = "" if edm == "Edm.String" else f' m:type="{edm}"'
    if value is None:
        return f'<d:{name}{kind} m:null="true"/>'
    if edm == DATE:
        stamp = int(value[6:-2].split("+")[0])
        value = datetime.fromtimestamp(stamp / 1000, tz=UTC).replace(tzinfo=None).isoformat()
    if isinstance(value, bool):
        value = "true" if value else "false"
    return f"<d:{name}{kind}>{escape(str(value))}</d:{name}>"
