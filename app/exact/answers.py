"""What an answer of Exact means: one table, each row with its source.

Sources: **O** a page of Exact, **S** a published answer, **V** another vendor's help page, **I** inference.
The status and the form of the body decide. The only words that count are the first ones of a functional refusal: they
alone tell a refusal of this document from a failure of Exact, which has the same status and the same body.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Meaning(StrEnum):
    """What an answer says of the call."""

    RECORD = "record"
    REFUSED = "refused"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    COMPANY_GONE = "company gone"
    LIMIT = "limit"
    # Exact did not or could not say what it did. After a POST, the outcome is unknown.
    OUTAGE = "outage"
    # The same, but probably because of this one call: an export is not retried for ever.
    FAULT = "fault"


class Form(StrEnum):
    """The form of a body."""

    DATA = "data"
    FUNCTIONAL = "functional"
    OWN_FAULT = "own fault"
    MESSAGE = "message"
    EMPTY_MESSAGE = "empty message"
    HTML = "html"
    OTHER = "other"


@dataclass(frozen=True)
class Row:
    """One row: the statuses, the forms of the body (any if empty), the meaning and the source."""

    statuses: range
    forms: frozenset[Form]
    meaning: Meaning
    source: str


def _row(statuses: int | range, forms: set[Form], meaning: Meaning, source: str) -> Row:
    covered = statuses if isinstance(statuses, range) else range(statuses, statuses + 1)
    return Row(covered, frozenset(forms), meaning, source)


_ANY: set[Form] = set()
_SUCCESS, _REDIRECT, _CLIENT, _SERVER = range(200, 300), range(300, 400), range(400, 500), range(500, 600)

# The first row that fits decides.
TABLE: tuple[Row, ...] = (
    _row(_SUCCESS, {Form.DATA}, Meaning.RECORD, "O"),
    _row(_SUCCESS, {Form.HTML}, Meaning.OUTAGE, "V: a portal or proxy in front answers"),
    _row(_SUCCESS, _ANY, Meaning.FAULT, "S: created, but without a record"),
    _row(_REDIRECT, _ANY, Meaning.FAULT, "S"),
    _row(429, _ANY, Meaning.LIMIT, "S: empty body, headers of the limit that was hit"),
    _row(401, _ANY, Meaning.UNAUTHORIZED, "S: the access token is expired or unknown"),
    _row(403, {Form.HTML}, Meaning.OUTAGE, "V: the edge in front of Exact, not Exact"),
    _row(403, _ANY, Meaning.FORBIDDEN, "S"),
    _row(404, {Form.HTML}, Meaning.OUTAGE, "I: as 403"),
    _row(404, _ANY, Meaning.COMPANY_GONE, "S"),
    _row(413, _ANY, Meaning.REFUSED, "I: the proxy knows the size, whatever body it sends"),
    _row(408, _ANY, Meaning.OUTAGE, "S"),
    _row(423, _ANY, Meaning.FAULT, "S: locked"),
    _row(425, _ANY, Meaning.FAULT, "S: too early"),
    _row(_CLIENT, {Form.FUNCTIONAL, Form.MESSAGE}, Meaning.REFUSED, "S: malformed body, mandatory filter"),
    _row(_CLIENT, _ANY, Meaning.FAULT, "S: 400 with HTML, with an empty message, without a body"),
    _row(500, {Form.FUNCTIONAL}, Meaning.REFUSED, "S: “Ongeldig: …”, “Verplicht: …”"),
    _row(500, {Form.MESSAGE, Form.OWN_FAULT, Form.EMPTY_MESSAGE}, Meaning.FAULT, "S: “A problem has occurred. …”"),
    _row(_SERVER, _ANY, Meaning.OUTAGE, "S: 500 without a body, 502, 503 with HTML, 599"),
)

# S: the Dutch and English words; I: the same words in Exact's other languages.
_FUNCTIONAL = (
    *("ongeldig", "ongeldige waarde", "verplicht", "verplicht veld", "bestaat al", "bestaat reeds", "bestaat niet"),
    *("invalid", "invalid value", "invalid reference", "required", "mandatory", "already exists", "does not exist"),
    *("invalide", "non valide", "non valable", "incorrect", "obligatoire", "requis", "existe déjà", "n'existe pas"),
    *(
        "ungültig",
        "erforderlich",
        "obligatorisch",
        "pflichtfeld",
        "notwendig",
        "bereits vorhanden",
        "existiert bereits",
    ),
    *("no válido", "no válida", "inválido", "inválida", "obligatorio", "obligatoria", "requerido", "requerida"),
    *("ya existe", "no existe", "necesario"),
)
_FUNCTIONAL_FORM = re.compile(rf"\W*(?:{'|'.join(map(re.escape, _FUNCTIONAL))})\s*:\s*\S", re.IGNORECASE)
# Exact's own failures, which it also sends with other statuses than 500 (S, V).
_OWN_FAULT = re.compile(
    r"\W*(?:a problem has occurred|object reference not set|er is een probleem opgetreden|internal server error"
    r"|an error has occurred|an unexpected error)",
    re.IGNORECASE,
)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?!\?xml|error\b|feed\b)", re.IGNORECASE)


_LONGEST_CODE = 50


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer, read once: its meaning, what `d` holds, Exact's own words and the code in its `Reason` header."""

    status: int
    meaning: Meaning
    data: Any = None
    message: str | None = None
    reason: str | None = None


def read(status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """Return what an answer means."""
    body = _parsed(content)
    message = exact_message(body)
    form = _form(body, message, headers, content)
    data = body["d"] if form is Form.DATA else None
    reason = headers.get("Reason", "").partition(":")[0].strip()[:_LONGEST_CODE]
    return Answer(
        status=status, meaning=_meaning(status, form), data=data, message=message or None, reason=reason or None
    )


def _meaning(status: int, form: Form) -> Meaning:
    for row in TABLE:
        if status in row.statuses and (not row.forms or form in row.forms):
            return row.meaning
    return Meaning.OUTAGE  # no status of HTTP


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _form(body: Any, message: str | None, headers: Mapping[str, str], content: bytes) -> Form:
    if message is not None:
        return _form_of_message(message)
    if isinstance(body, dict) and "d" in body:
        return Form.DATA
    if body is None and (_HTML.match(content) or "html" in headers.get("Content-Type", "").lower()):
        return Form.HTML
    return Form.OTHER


def _form_of_message(message: str) -> Form:
    if not message:
        return Form.EMPTY_MESSAGE
    if _FUNCTIONAL_FORM.match(message):
        return Form.FUNCTIONAL
    return Form.OWN_FAULT if _OWN_FAULT.match(message) else Form.MESSAGE


def exact_message(body: Any) -> str | None:
    """Return the text of an Exact error body; None if the body is not one."""
    match body:
        case {"error": {"message": {"value": str(text)}}} | {"error": {"message": str(text)}}:
            return text.strip()
        case {"error": {"message": {"value": None} | None}}:
            return ""
    return None
