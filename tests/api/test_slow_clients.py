"""Clients that send a request slowly, without end, or not at all: the service closes their connections."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.api.issuing import Issuer
from tests.api.running import MESSAGES, served, settings

pytestmark = pytest.mark.slow

WITHIN = 0.3  # seconds, in place of ten
PATIENCE = 20  # seconds, after which a test fails


@pytest.fixture(scope="module")
def impatient(issuer: Issuer, shared_database_url: str) -> Iterator[str]:
    """Where an API listens that waits for a request for a moment only."""
    values = settings(issuer, shared_database_url, exact_base_url="http://127.0.0.1:9", request_seconds=WITHIN)
    with served(values) as address:
        yield address


@contextmanager
def connection(address: str) -> Iterator[socket.socket]:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=PATIENCE) as connected:
        yield connected


def rest(connected: socket.socket) -> bytes:
    """All that still comes, until the service closes the connection."""
    found = b""
    try:
        while part := connected.recv(1 << 16):
            found += part
    except ConnectionResetError:  # closed while we were still sending
        pass
    return found


def dripped(connected: socket.socket, byte: bytes) -> bytes:
    """All that comes while one byte after another is sent, until the service closes the connection."""
    connected.settimeout(WITHIN / 20)
    found = b""
    for _ in range(int(PATIENCE / WITHIN * 20)):
        try:
            connected.sendall(byte)
            part = connected.recv(1 << 16)
        except TimeoutError:
            continue
        except OSError:
            return found
        if not part:
            return found
        found += part
    raise AssertionError("the connection is still open")


def code(answer: bytes) -> tuple[str, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b" ")[1].decode(), json.loads(body)["code"]


HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "
HALF_A_BODY = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{" % MESSAGES.encode()
CHUNKED = b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n" % MESSAGES.encode()
FOUND = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("half", [b"", b"G", HALF_A_HEAD, HALF_A_BODY, CHUNKED])
def test_a_request_that_stays_half_is_answered_408_and_cut(impatient: str, half: bytes) -> None:
    with connection(impatient) as connected:
        connected.sendall(half)
        assert code(rest(connected)) == ("408", "request_timeout")


@pytest.mark.parametrize("half", [HALF_A_HEAD, HALF_A_BODY])
def test_a_request_that_comes_byte_by_byte_is_cut_all_the_same(impatient: str, half: bytes) -> None:
    with connection(impatient) as connected:
        connected.sendall(half)
        assert code(dripped(connected, b" ")) == ("408", "request_timeout")


def test_a_body_that_nothing_reads_keeps_no_connection(impatient: str) -> None:
    with connection(impatient) as connected:
        connected.sendall(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{")
        assert code(dripped(connected, b" ")) == ("404", "not_found")


def test_blank_lines_between_requests_keep_no_connection(impatient: str) -> None:
    with connection(impatient) as connected:
        connected.sendall(FOUND)
        assert b"200 OK" in dripped(connected, b"\r\n")


def test_headers_without_end_are_refused(impatient: str) -> None:
    with connection(impatient) as connected:
        connected.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"X-More: " + b"x" * 70_000)
        assert code(rest(connected)) == ("431", "headers_too_large")


def test_whole_requests_over_one_connection_are_answered(impatient: str) -> None:
    with connection(impatient) as connected:
        for _ in range(3):
            connected.sendall(FOUND)
            assert connected.recv(1 << 16).startswith(b"HTTP/1.1 200 OK")
        connected.sendall(FOUND * 3)
        connected.shutdown(socket.SHUT_WR)
        assert rest(connected).count(b"200 OK") >= 1
