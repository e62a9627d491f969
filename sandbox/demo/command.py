"""The command that runs the demo: service and sandbox as real processes, and documents on their way."""

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


@dataclass(frozen=True)
class Plan:
    """What is shown, and whether the demo ends by itself; Exact's limits would only hold up a folder of documents."""

    clients: Sequence[Client]
    scenes: Sequence[Scene]
    once: bool
    limits: bool


@click.command()
@click.option("--once", is_flag=True, help="End by itself; status 0 only when everything arrived as it should.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Export the documents of this folder instead: Banqup JSON (.json), UBL (.xml), each with a PDF if you like.",
)
def main(once: bool, documents: Path | None) -> None:
    """Show the whole way of documents from Banqup to Exact Online."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    show = Show(console())
    try:
        _run(_plan(once, documents), show)
    except KeyboardInterrupt:
        show.title("Ended.")
        sys.exit(_INTERRUPTED if once else 0)
    except (DemoError, Refused, SandboxError, httpx.HTTPError) as error:
        raise click.ClickException(str(error) or type(error).__name__) from error


def _plan(once: bool, documents: Path | None) -> Plan:
    if documents is None:
        return Plan(story.CLIENTS, story.scenes(), once, limits=True)
    return Plan([story.BAKERY], own_documents.scenes(documents, client=story.BAKERY), once, limits=False)


def _run(plan: Plan, show: Show) -> None:
    """All of it; raises DemoError when something is not as it should be and nobody stays to look at it."""
    began = time.monotonic()
    with processes() as running:
        show.title("Postgres, the sandboxes, the API and a worker start")
        show.said(f"log: {running.log_path} [dim](kept after a failure)[/]")
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
        found = performance.conclude(staged, outcome)
        performance.tell_where_to_look(spaces)
        show.title(_verdict(found, time.monotonic() - began))
        if not plan.once:
            show.said("The service stays up; what you do now is told here. Ctrl-C ends everything.")
            await performance.stay(running.expect_alive)
        if found:
            raise DemoError("Not everything arrived as it should.")


def _verdict(found: Sequence[str], seconds: float) -> str:
    if found:
        return f"[red]{len(found)} things are not as they should be[/] [dim]({seconds:.0f} s)[/]"
    return f"[green]Everything arrived exactly as it should[/] [dim]({seconds:.0f} s)[/]"
