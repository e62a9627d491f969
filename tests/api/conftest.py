"""The API over a migrated database, with an issuer of tokens; and against the sandbox where Exact takes part."""

from collections.abc import AsyncIterator, Iterator

import pytest

from sandbox import running as sandboxes
from sandbox.running import Sandbox
from tests.api.issuing import Issuer, serving
from tests.api.running import PUBLIC_URL, Api, running, settings


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with serving(Issuer()) as issuer:
        yield issuer


@pytest.fixture
async def api(issuer: Issuer, database_url: str) -> AsyncIterator[Api]:
    """The API by itself; Exact and Banqup are away."""
    async with running(settings(issuer, database_url, exact_base_url="http://127.0.0.1:9"), issuer) as api:
        yield api


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with sandboxes.running(redirect_uris=[f"{PUBLIC_URL}/oauth/exact-online/callback"]) as sandbox:
        yield sandbox


@pytest.fixture
async def desk(issuer: Issuer, sandbox: Sandbox, database_url: str) -> AsyncIterator[Api]:
    """The API against a fresh sandbox of Exact."""
    await sandbox.exact.reset()
    app = {"client_id": sandbox.exact_client_id, "client_secret": sandbox.exact_client_secret}
    told = settings(issuer, database_url, exact_base_url=sandbox.exact_url, exact_apps={"be": app})
    async with running(told, issuer) as api:
        yield api
