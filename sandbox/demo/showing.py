"""The demo's output."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

from sandbox.demo.banqup import Staged
from sandbox.demo.browser import Page
from sandbox.demo.partner import Refused
from sandbox.demo.service import Service
from sandbox.demo.story import READY

_MARKS = {READY: "[green]✓[/]", "error": "[red]✗[/]", "not_exported": "[yellow]–[/]"}
_WORDS = {
    "sent_again": "sent again by the partner; Exact is searched first",
    "received_again": "sent again by Banqup; Exact is searched first",
    "left_in_exact": "stays in Exact as it is",
}
_CALLS = (
    """call() { curl -sS -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; }""",
    'call "$API/v1/installations/$SPACE/exports?limit=3"',
)
_LABEL = 15  # columns for the name of a document
_IN_A_PIPE = 120  # columns if there is no terminal to ask


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for most lines in a pipe."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal else Console(highlight=False, width=max(shown.width, _IN_A_PIPE))


class Show:
    """Prints the demo's progress and final overview, at any width."""

    def __init__(self, to: Console) -> None:
        self.to = to
        self._staged: dict[str, Staged] = {}

    def title(self, text: str) -> None:
        self.to.print(f"\n[bold]{text}[/]")

    def line(self, text: str) -> None:
        """Print a line below a title, wrapped between words; nothing for an empty text."""
        if text:
            self.to.print(Padding(text, (0, 0, 0, 2)))

    def page(self, page: Page) -> None:
        """Show the browser's page at the end of the sign-in."""
        self.to.print(Panel.fit(escape("\n".join(page.lines)), title=f"[dim]{escape(page.address)}[/]"))

    def companies(self, companies: Sequence[Mapping[str, Any]]) -> None:
        for company in companies:
            name, code = escape(company["name"]), company["code"]
            line = f"{code:>3}  {name:<24} {company['division']:>9}  {company['vat_number'] or '':<16}"
            self.line(line if company["status"] == "active" else f"[dim]{line} {company['status']}[/]")

    def refused(self, refusal: Refused) -> None:
        """Show a refusal in the product's words."""
        problem = refusal.problem
        self.line(f"[yellow]{refusal.status}[/] {escape(problem['detail'])} [dim]{escape(problem.get('how', ''))}[/]")

    def finished(self, staged: Staged) -> None:
        """Show that a document was approved or sent in Banqup."""
        self._staged[staged.document] = staged
        happened = "sent" if staged.scene.is_sale else "approved"
        client, title = escape(staged.scene.client.name), staged.scene.title
        about = "" if title.endswith(label(staged, None)) else f": [cyan]{escape(title)}[/]"
        self._entry(staged, None, f"{client}, {happened} in Banqup{about}")

    def delivered_again(self, staged: Staged, answer: str) -> None:
        """Show the product's response to a repeated message."""
        self._entry(staged, None, f"message delivered again, answered: [dim]{escape(answer)}[/]")

    def event(self, export: Mapping[str, Any], line: Mapping[str, Any]) -> None:
        """Show a new event of an export, except its beginning."""
        event, why = str(line["event"]), line["reason"]
        if event == "received":
            return
        text = _WORDS.get(event, event.replace("_", " "))
        if event in _MARKS:
            text = f"{_MARKS[event]} {text}"
        if event == READY:
            text += f": number {line['exact_number']} in Exact"
        if why:
            text += f": {escape(why['sentence'])}"
        after = _seconds_between(export["history"][0]["at"], line["at"])
        self._entry(
            self._staged.get(export["document"]["id"]), export, f"{text} [dim]+{after:.1f}\N{NO-BREAK SPACE}s[/]"
        )

    def _entry(self, staged: Staged | None, export: Mapping[str, Any] | None, text: str) -> None:
        """Print the document's name and the text side by side; a longer name has a line of its own."""
        name = label(staged, export)
        if len(name) > _LABEL:
            self.line(escape(name))
            name = ""
        row = _grid(1, _LABEL)
        row.add_row("", escape(name), text)
        self.to.print(row)

    def in_exact(self, arrived: Sequence[Mapping[str, Any]]) -> None:
        """Show the documents in Exact, company by company."""
        company = None
        for document in sorted(arrived, key=lambda one: (one["company"], one["hid"])):
            if document["company"] != company:
                company = document["company"]
                self.line(f"[bold]{escape(document['company_name'])}[/] [dim]{company}[/]")
            row = _grid(1, 5)
            row.add_row("", f"{document['hid']:>5}", escape(document["subject"]))
            row.add_row("", "", f"[dim]{escape(_facts(document))}[/]")
            self.to.print(row)

    def not_in_exact(self, exports: Sequence[Mapping[str, Any]]) -> None:
        """Show the documents that are not in Exact, and why, in the product's words."""
        for export in exports:
            why = export["reason"] or export["waits_for"] or {"sentence": "", "how": ""}
            staged = self._staged.get(export["document"]["id"])
            name, title = label(staged, export), staged.scene.title if staged else ""
            about = "" if title.endswith(name) else f" ({title})"
            mark = _MARKS.get(export["status"], "·")
            self.line(f"{mark} [bold]{escape(name)}[/][dim]{escape(about)}[/]")
            row = _grid(3)
            row.add_row("", f"{escape(export['company']['name'])}: {export['status'].replace('_', ' ')}")
            row.add_row("", f"{_findings(why)}\n[dim]→ {escape(why['how'])}[/]")
            self.to.print(row)

    def losses(self, exports: Sequence[Mapping[str, Any]]) -> None:
        """Show what was lost or inferred in conversion."""
        for export in exports:
            for loss in export["losses"]:
                self._entry(self._staged.get(export["document"]["id"]), export, f"[yellow]note[/] {escape(loss)}")

    def addresses(self, service: Service) -> None:
        """Print all addresses, each on a line of its own."""
        exact, banqup = service.sandbox.exact_url, service.sandbox.banqup_url
        for what, address in (
            ("Exact Online (sandbox)", f"{exact}/sandbox"),
            ("  break things there", f"{exact}/sandbox/docs"),
            ("Banqup (sandbox)", f"{banqup}/sandbox"),
            ("  break things there", f"{banqup}/sandbox/docs"),
            ("API", f"{service.url}/docs"),
            ("  as OpenAPI", f"{service.url}/openapi.json"),
            ("Metrics of the API", f"{service.url}/metrics"),
            ("  of the worker", f"{service.worker_url}/metrics"),
        ):
            self.line(f"{what:<24} {address}")

    def variables(self, **values: str) -> None:
        """Print shell variables to paste, and calls that use them."""
        lines = [f"{name}={value}" for name, value in values.items()]
        self.to.print("\n" + "\n".join([*lines, *_CALLS]), soft_wrap=True, markup=False)

    def shortcomings(self, found: Sequence[str]) -> None:
        for one in found:
            self.line(f"[red]✗[/] {escape(one)}")


def label(staged: Staged | None, export: Mapping[str, Any] | None) -> str:
    """Return the document's number, or a name for it before the product has read it."""
    if export and export["document"]["number"]:
        return str(export["document"]["number"])
    if staged is None:
        return str(export and export["document"]["id"])[:8]
    metadata = staged.scene.document.get("metadata")
    number = metadata.get("documentNumber") if isinstance(metadata, dict) else None
    return str(number or next((file.filename for file in staged.scene.files), staged.scene.title))


def _grid(*widths: int) -> Table:
    """Return columns of these widths and one for text; long words are folded, and nothing is cut."""
    grid = Table.grid(padding=(0, 1))
    for width in widths:
        grid.add_column(width=width, overflow="fold")
    grid.add_column(overflow="fold")
    return grid


def _findings(why: Mapping[str, Any]) -> str:
    """Return each finding with its rule, or the sentence."""
    found = (why.get("details") or {}).get("findings")
    lines = [f"[bold]{one['rule']}[/] {escape(one['message'])}" for one in found or ()]
    return "\n".join(lines) or escape(why["sentence"])


def _facts(document: Mapping[str, Any]) -> str:
    """Return type, date, amount and files of a document in Exact."""
    amount = f"{document['amount_fc']:,.2f} {document['currency'] or ''}" if document["amount_fc"] is not None else ""
    files = [f"{file['filename'].rpartition('.')[2]} {file['size'] / 1000:.1f} kB" for file in document["attachments"]]
    kind, day = str(document["type_description"] or document["type"]), str(document["document_date"] or "")[:10]
    return ", ".join(filter(None, (kind, day, amount.strip(), *files)))


def _seconds_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()
