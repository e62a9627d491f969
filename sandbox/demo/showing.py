"""What the demo prints."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from sandbox.demo.banqup import Staged
from sandbox.demo.browser import Page
from sandbox.demo.partner import Refused
from sandbox.demo.service import Service
from sandbox.demo.story import READY

_MARKS = {READY: "[green]✓[/]", "error": "[red]✗[/]", "not_exported": "[yellow]–[/]"}
_WORDS = {
    "received": "[dim]message received[/]",
    "sent_again": "sent again by the partner; looked up in Exact first",
    "received_again": "sent to Exact again; looked up there first",
    "left_in_exact": "stays in Exact as it is",
}
_NARROWEST = 120  # columns where there is no terminal to ask


def console() -> Console:
    """A console wide enough for the tables, also in a pipe."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal else Console(highlight=False, width=max(shown.width, _NARROWEST))


class Show:
    """Prints the demo's progress and its end."""

    def __init__(self, to: Console) -> None:
        self.to = to
        self._staged: dict[str, Staged] = {}

    def title(self, text: str) -> None:
        self.to.print(f"\n[bold]{text}[/]")

    def said(self, text: str) -> None:
        """A line below a title."""
        self.to.print(f"  {text}", soft_wrap=True)

    def page(self, page: Page) -> None:
        """What the browser shows at the end of the sign-in."""
        self.to.print(Panel.fit(escape("\n".join(page.lines)), title=f"[dim]{escape(page.address)}[/]"))

    def companies(self, companies: Sequence[Mapping[str, Any]]) -> None:
        for company in companies:
            name, code = escape(company["name"]), company["code"]
            line = f"{code:>3}  {name:<24} {company['division']:>9}  {company['vat_number'] or '':<16}"
            self.said(line if company["status"] == "active" else f"[dim]{line} {company['status']}[/]")

    def refused(self, refusal: Refused) -> None:
        """A refusal in the product's words."""
        problem = refusal.problem
        self.said(f"[yellow]{refusal.status}[/] {escape(problem['detail'])} [dim]{escape(problem.get('how', ''))}[/]")

    def finished(self, staged: Staged) -> None:
        """Somebody approved or sent a document in Banqup."""
        self._staged[staged.document] = staged
        happened = "sent" if staged.scene.is_sale else "approved"
        self._line(staged, None, f"{happened} in Banqup: [cyan]{escape(staged.scene.title)}[/]")

    def delivered_again(self, staged: Staged, answer: str) -> None:
        """What the product said to a message that it had had before."""
        self._line(staged, None, f"message delivered again, answered: [dim]{escape(answer)}[/]")

    def heard(self, export: Mapping[str, Any], line: Mapping[str, Any]) -> None:
        """A new line in the history of an export."""
        event, why = str(line["event"]), line["reason"]
        text = _WORDS.get(event, event.replace("_", " "))
        if event in _MARKS:
            text = f"{_MARKS[event]} {text}"
        if event == READY:
            text += f": number {line['exact_number']} in Exact"
        if why:
            text += f": {escape(why['sentence'])}"
        after = _seconds_between(export["history"][0]["at"], line["at"])
        self._line(self._staged.get(export["document"]["id"]), export, f"{text} [dim]+{after:.1f} s[/]")

    def _line(self, staged: Staged | None, export: Mapping[str, Any] | None, text: str) -> None:
        client = staged.scene.client.name if staged else str(export and export["company"]["name"])
        row = Table.grid(padding=(0, 1))
        for width in (1, 20, 15):
            row.add_column(width=width, no_wrap=True)
        row.add_row("", escape(client), escape(label(staged, export)), text)
        self.to.print(row)

    def in_exact(self, arrived: Sequence[Mapping[str, Any]]) -> None:
        """What lies in Exact, company by company."""
        table = Table("No.", "Document in Exact Online", "Type", "Date", "Amount", "Files", expand=False)
        table.columns[4].justify = "right"
        company = None
        for document in sorted(arrived, key=lambda one: (one["company"], one["hid"])):
            if document["company"] != company:
                company = document["company"]
                table.add_section()
                table.add_row("", f"[bold]{escape(document['company_name'])}[/] [dim]{company}[/]")
            table.add_row(*_row(document))
        self.to.print(table)

    def not_in_exact(self, exports: Sequence[Mapping[str, Any]]) -> None:
        """What is not there, and why, in the product's words."""
        table = Table("Document", "Client", "Status", "Why, and what to do", expand=False)
        for export in exports:
            why = export["reason"] or export["waits_for"] or {"sentence": "", "how": ""}
            staged = self._staged.get(export["document"]["id"])
            table.add_row(
                f"{escape(label(staged, export))}\n[dim]{escape(staged.scene.title if staged else '')}[/]",
                escape(export["company"]["name"]),
                f"{_MARKS.get(export['status'], '')} {export['status'].replace('_', ' ')}",
                f"{_findings(why)}\n[dim]{escape(why['how'])}[/]",
            )
        self.to.print(table)

    def losses(self, exports: Sequence[Mapping[str, Any]]) -> None:
        """What could not be carried over, or had to be inferred."""
        for export in exports:
            for loss in export["losses"]:
                self._line(self._staged.get(export["document"]["id"]), export, f"[yellow]note[/] {escape(loss)}")

    def where_to_look(self, service: Service) -> None:
        """Addresses of everything."""
        exact, banqup = service.sandbox.exact_url, service.sandbox.banqup_url
        for what, address in (
            ("Exact Online (sandbox)", f"{exact}/sandbox"),
            ("Banqup (sandbox)", f"{banqup}/sandbox"),
            ("sandbox: break things", f"{exact}/sandbox/docs   {banqup}/sandbox/docs"),
            ("API, described", f"{service.url}/docs   {service.url}/openapi.json"),
            ("metrics", f"{service.url}/metrics   {service.worker_url}/metrics"),
        ):
            self.said(f"{what:<24} {address}")

    def variables(self, **values: str) -> None:
        """Shell variables to paste, and a call that uses them."""
        lines = [f"{name}={value}" for name, value in values.items()]
        lines.append('curl -H "Authorization: Bearer $TOKEN" "$API/v1/installations/$SPACE/exports?limit=3"')
        self.to.print("\n" + "\n".join(lines), soft_wrap=True, markup=False)

    def shortcomings(self, found: Sequence[str]) -> None:
        for one in found:
            self.said(f"[red]✗[/] {escape(one)}")


def label(staged: Staged | None, export: Mapping[str, Any] | None) -> str:
    """The document's number, or what is known of it before the product has read it."""
    if export and export["document"]["number"]:
        return str(export["document"]["number"])
    if staged is None:
        return str(export and export["document"]["id"])[:8]
    number = staged.scene.document.get("metadata", {}).get("documentNumber")
    return str(number or next((file.filename for file in staged.scene.files), "?"))


def _findings(why: Mapping[str, Any]) -> str:
    """Each finding with its rule, or the sentence."""
    found = (why.get("details") or {}).get("findings")
    lines = [f"[bold]{one['rule']}[/] {escape(one['message'])}" for one in found or ()]
    return "\n".join(lines) or escape(why["sentence"])


def _row(document: Mapping[str, Any]) -> tuple[str, ...]:
    files = [f"{file['filename'].rpartition('.')[2]} {file['size'] / 1000:.1f} kB" for file in document["attachments"]]
    amount = f"{document['amount_fc']:,.2f} {document['currency'] or ''}" if document["amount_fc"] is not None else ""
    kind = str(document["type_description"] or document["type"])
    day = str(document["document_date"] or "")[:10]
    return str(document["hid"]), escape(document["subject"]), escape(kind), day, amount, ", ".join(files)


def _seconds_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()
