"""The API over a migrated database, with an issuer of tokens; and against the sandbox where Exact takes part."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from sandbox import running as sandboxes
from sandbox.running import Sandbox
from tests.api.issuing import Issuer, serving
from tests.api.offices import Office
from tests.api.running import PUBLIC_URL, Api, running, served, settings
from tests.api.test_onboarding import activate, connected


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with serving(Issuer()) as issuer:
        yield issuer


@pytest.fixture(scope="session")
async def shared_api(issuer: Issuer, shared_database_url: str) -> AsyncIterator[Api]:
    values = settings(issuer, shared_database_url, exact_base_url="http://127.0.0.1:9")
    async with running(values, issuer) as api:
        yield api


@pytest.fixture
def api(shared_api: Api) -> Iterator[Api]:
    """The API alone; Exact and Banqup are unreachable. Its database is shared: each test uses spaces of its own."""
    yield shared_api
    shared_api.clock.offset = timedelta()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with sandboxes.running(redirect_uris=[f"{PUBLIC_URL}/oauth/exact-online/callback"]) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
async def shared_desk(issuer: Issuer, sandbox: Sandbox, shared_database_url: str) -> AsyncIterator[Api]:
    app = {"client_id": sandbox.exact_client_id, "client_secret": sandbox.exact_client_secret}
    values = settings(issuer, shared_database_url, exact_base_url=sandbox.exact_url, exact_apps={"be": app})
    async with running(values, issuer) as api:
        yield api


@pytest.fixture
async def desk(shared_desk: Api, sandbox: Sandbox) -> AsyncIterator[Api]:
    """The API against a fresh sandbox of Exact, with nobody signed in."""
    await sandbox.exact.reset()
    async with shared_desk.services.sessions.begin() as session:
        await session.execute(text("truncate connection, token_chain"))
    yield shared_desk
    shared_desk.clock.offset = timedelta()


@pytest.fixture(scope="session")
def address(issuer: Issuer, sandbox: Sandbox, shared_database_url: str) -> Iterator[str]:
    """Where the API listens on a real socket, against the sandbox of Exact."""
    app = {"client_id": sandbox.exact_client_id, "client_secret": sandbox.exact_client_secret}
    values = settings(issuer, shared_database_url, exact_base_url=sandbox.exact_url, exact_apps={"be": app})
    with served(values) as address:
        yield address


@pytest.fixture
async def office(desk: Api, sandbox: Sandbox) -> Office:
    space, client = await connected(desk, sandbox), uuid4()
    assert (await activate(desk, space, client)).status_code == 201
    return Office(desk, space, client)
