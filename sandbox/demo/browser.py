"""The accountant's browser at a sign-in: it presses each page's button, follows redirects and reads the pages."""

from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html

from sandbox.demo.problems import DemoError

_SECONDS = 30.0


@dataclass(frozen=True)
class Page:
    """The text of a page."""

    address: str
    lines: tuple[str, ...]


async def sign_in(authorization_url: str, *, user: str, decision: str = "allow") -> tuple[Page, ...]:
    """Sign in with Exact Online as this user; return the service's page before it, and the last one.

    Raises `DemoError` if a page has no form.
    """
    transport = httpx.AsyncHTTPTransport(verify=False)  # plain http on loopback
    async with httpx.AsyncClient(transport=transport, follow_redirects=True, timeout=_SECONDS) as http:
        asked = await http.get(authorization_url)
        exact = await submit(http, asked)
        return _read(asked), _read(await submit(http, exact, user=user, decision=decision))


async def press(http: httpx.AsyncClient, address: str, **chosen: str) -> httpx.Response:
    """Open a page and send its form with these choices; raise `DemoError` if it has none."""
    return await submit(http, await http.get(address), **chosen)


async def submit(http: httpx.AsyncClient, page: httpx.Response, **chosen: str) -> httpx.Response:
    """Send the form of a page with these choices; raise `DemoError` if it has none."""
    address = str(page.url.join(str(_form(page).action)))
    return await http.post(address, data=values_of(page) | chosen)


def values_of(page: httpx.Response) -> dict[str, str]:
    """Return what the form of a page sends; raise `DemoError` if it has none."""
    return dict(_form(page).form_values())


def _form(answer: httpx.Response) -> Any:
    page: Any = html.document_fromstring(answer.text)
    if answer.is_error or not page.forms:
        raise DemoError(f"{answer.url.copy_with(query=None)} shows no form ({answer.status_code}).")
    return page.forms[0]


def _read(answer: httpx.Response) -> Page:
    """Return the lines of the page: headings, terms with their descriptions, and paragraphs."""
    page: Any = html.document_fromstring(answer.text)
    lines: list[str] = []
    for element in page.iter("h1", "h2", "p", "li", "dt", "dd"):
        words = " ".join(element.text_content().split())
        if element.tag == "dd" and lines:
            lines[-1] += f": {words}"
        else:
            lines.append(words)
    return Page(str(answer.url.copy_with(query=None)), tuple(lines))
