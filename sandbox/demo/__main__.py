"""`python -m sandbox.demo`: service and sandbox as real processes, and documents on their whole way."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
import httpx

from sandbox.demo import own_documents, service, story
from sandbox.demo.partner import Refused
from sandbox.demo.performance import Performance
from sandbox.demo.problems import DemoError
from sandbox.demo.processes import Processes, processes
from sandbox.demo.showing import Show, console
from sandbox.demo.story import Client, Scene
from sandbox.running import SandboxError

_INTERRUPTED = 130


@click.command()
@click.option("--once", is_flag=True, help="End by itself; status 0 only when everything arrived as it should.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Export the documents of this folder instead: Banqup JSON (.json), UBL (.xml), each with a PDF if you like.",
)
def main(once: bool, documents: Path | None) -> None:
    """Show the whole way of documents from Banqup to Exact Online."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    show = Show(console())
    stayed = False
    try:
        clients, scenes = _cast(documents)
        with processes() as running:
            began = time.monotonic()
            show.title("Postgres, the sandboxes, the API and a worker start")
            show.said(f"log: {running.log_path} [dim](kept after a failure)[/]")
            started = service.start(running)
            found = asyncio.run(_run(running, started, show, clients, scenes))
            show.title(_verdict(found, time.monotonic() - began))
            if not once:
                show.said("The service stays up. Ctrl-C ends everything.")
                stayed = True
                signal.pause()
            _expect_none(found)
    except KeyboardInterrupt:
        show.title("Ended.")
        sys.exit(0 if stayed else _INTERRUPTED)
    except (DemoError, Refused, SandboxError, httpx.HTTPError) as error:
        raise click.ClickException(str(error) or type(error).__name__) from error


def _cast(documents: Path | None) -> tuple[Sequence[Client], Sequence[Scene]]:
    """Who takes part: the story's clients, or one client with somebody's own documents."""
    if documents is None:
        return story.CLIENTS, story.scenes()
    return [story.BAKERY], own_documents.scenes(documents, client=story.BAKERY)


async def _run(
    running: Processes, started: service.Service, show: Show, clients: Sequence[Client], scenes: Sequence[Scene]
) -> list[str]:
    transport = httpx.AsyncHTTPTransport(verify=False)  # plain http on loopback
    async with httpx.AsyncClient(transport=transport, timeout=30) as http:
        await service.ready(started, running, http)
        performance = await Performance.opened(started, http, show)
        await performance.connect()
        staged, outcome = await performance.play(scenes, await performance.activate(clients))
        found = performance.conclude(staged, outcome)
        show.title("Where to look")
        show.where_to_look(started, partner_space=performance.partner.space, token=performance.token)
        return found


def _verdict(found: Sequence[str], seconds: float) -> str:
    if found:
        return f"[red]{len(found)} things are not as they should be[/] [dim]({seconds:.0f} s)[/]"
    return f"[green]Everything arrived exactly as it should[/] [dim]({seconds:.0f} s)[/]"


def _expect_none(found: Sequence[str]) -> None:
    if found:
        raise DemoError("Not everything arrived as it should.")


if __name__ == "__main__":
    main()
