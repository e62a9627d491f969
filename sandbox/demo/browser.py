"""What the accountant's browser does at a sign-in: read the page, press Allow, follow the redirects, read the end."""

from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html

from sandbox.demo.problems import DemoError

_SECONDS = 30.0


@dataclass(frozen=True)
class Page:
    """What a person reads on the last page."""

    address: str
    heading: str
    text: str


async def sign_in(authorization_url: str, *, user: str, decision: str = "allow") -> Page:
    """Sign in with Exact Online as this user; raises DemoError when the sign-in page is none."""
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
    page: Any = html.document_fromstring(answer.text)
    main = page.find(".//main")
    heading = main.find(".//h1") if main is not None else None
    return Page(
        address=str(answer.url.copy_with(query=None)),
        heading=_words(heading).lstrip("✓! "),
        text=_words(main),
    )


def _words(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split()) if element is not None else ""
