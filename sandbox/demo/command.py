"""The command `banqup-exact demo`."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import httpx

from sandbox.admin import SandboxError
from sandbox.demo import own_documents, service, story
from sandbox.demo.partner import Refused
from sandbox.demo.performance import Performance
from sandbox.demo.problems import DemoError
from sandbox.demo.processes import Processes, processes
from sandbox.demo.showing import Show, console
from sandbox.demo.story import Client, Scene

_INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the demo shows, and whether it then ends; a folder of documents runs without Exact's limits."""

    clients: Sequence[Client]
    scenes: Sequence[Scene]
    once: bool
    limits: bool
    left_out: Sequence[str] = ()
    others: str = ""


@click.command()
@click.option("--once", is_flag=True, help="End when all is shown; status 0 only if everything is as it should be.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Export the documents in this folder instead: .json (Banqup), .xml (UBL, CII), .pdf. "
    "A PDF goes with the document of the same name. Those below a folder named sales are sales.",
)
def main(*, once: bool, documents: Path | None) -> None:
    """Show documents on their way from Banqup to Exact Online.

    Starts a Postgres, the service and the sandbox. Ctrl-C ends them all.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    show = Show(console())
    try:
        _run(_plan(documents, once=once), show)
    except KeyboardInterrupt:
        show.title("Ended.")
        sys.exit(_INTERRUPTED if once else 0)
    except (DemoError, Refused, SandboxError, httpx.HTTPError) as error:
        raise click.ClickException(str(error) or type(error).__name__) from error


def _plan(documents: Path | None, *, once: bool) -> Plan:
    if documents is None:
        return Plan(clients=story.CLIENTS, scenes=story.scenes(), once=once, limits=True)
    own = own_documents.read(documents, client=story.BAKERY)
    return Plan(
        clients=[story.BAKERY],
        scenes=own.scenes,
        once=once,
        limits=False,
        left_out=own.left_out,
        others=own.others,
    )


def _run(plan: Plan, show: Show) -> None:
    """Run the demo; raise `DemoError` at its end if something is not as it should be."""
    began = time.monotonic()
    show.shortcomings(plan.left_out)
    show.line(plan.others)
    with processes() as running:
        show.title("Postgres, the sandbox, the API and a worker start")
        show.line(f"log: {running.log_path} [dim](kept after a failure)[/]")
        started = service.start(running, limits=plan.limits)
        asyncio.run(_perform(plan, running, started, show, began))


async def _perform(plan: Plan, running: Processes, started: service.Service, show: Show, began: float) -> None:
    transport = httpx.AsyncHTTPTransport(verify=False)  # plain http on loopback
    async with httpx.AsyncClient(transport=transport, timeout=30) as http:
        await service.ready(started, running, http)
        performance = await Performance.opened(started, http, show)
        await performance.connect()
        spaces = await performance.activate(plan.clients)
        staged, outcome = await performance.play(plan.scenes, spaces)
        found = [*plan.left_out, *performance.conclude(staged, outcome)]
        performance.show_addresses(spaces, plan.scenes)
        show.title(_verdict(found, time.monotonic() - began))
        if not plan.once:
            show.line("The service stays up, and this terminal shows what you do with it. Ctrl-C ends everything.")
            await performance.stay(running.expect_alive)
        if found:
            raise DemoError("Not everything arrived as it should.")


def _verdict(found: Sequence[str], seconds: float) -> str:
    if found:
        return f"[red]{len(found)} things are not as they should be[/] [dim]({seconds:.0f} s)[/]"
    return f"[green]Everything arrived exactly as it should[/] [dim]({seconds:.0f} s)[/]"
