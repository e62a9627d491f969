"""The accountant's browser at a sign-in: it reads the page, presses Allow, follows redirects and reads the result."""

from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html

from sandbox.demo.problems import DemoError

_SECONDS = 30.0


@dataclass(frozen=True)
class Page:
    """The text of the last page."""

    address: str
    lines: tuple[str, ...]


async def sign_in(authorization_url: str, *, user: str, decision: str = "allow") -> Page:
    """Sign in with Exact Online as this user; raise `DemoError` if there is no sign-in form."""
    transport = httpx.AsyncHTTPTransport(verify=False)  # plain http on loopback
    async with httpx.AsyncClient(transport=transport, follow_redirects=True, timeout=_SECONDS) as http:
        asked = await http.get(authorization_url)
        form = _form(asked)
        address = str(asked.url.join(str(form.action)))
        answered = await http.post(address, data=dict(form.form_values()) | {"user": user, "decision": decision})
    return _read(answered)


def _form(answer: httpx.Response) -> Any:
    page: Any = html.document_fromstring(answer.text)
    if answer.is_error or not page.forms:
        raise DemoError(f"{answer.url.copy_with(query=None)} shows no sign-in form ({answer.status_code}).")
    return page.forms[0]


def _read(answer: httpx.Response) -> Page:
    """Return the lines of the page: headings, terms with their descriptions, and paragraphs."""
    page: Any = html.document_fromstring(answer.text)
    lines: list[str] = []
    for element in page.iter("h1", "h2", "p", "dt", "dd"):
        words = " ".join(element.text_content().split())
        if element.tag == "dd" and lines:
            lines[-1] += f": {words}"
        else:
            lines.append(words)
    return Page(str(answer.url.copy_with(query=None)), tuple(lines))
