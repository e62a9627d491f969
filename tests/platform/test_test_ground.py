"""The ground that the other tests stand on."""

import asyncio
import socket

import psycopg
import pytest


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.mark.parametrize("test", ["first", "second"])
def test_a_database_is_migrated_and_nobody_else_s(database_url: str, test: str) -> None:
    with connect(database_url) as connection:
        assert connection.execute("select count(*) from installation").fetchone() == (0,)
        connection.execute("create table left_behind ()")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("203.0.113.9", 443)])
def test_a_socket_to_another_machine_is_refused(address: tuple[str, int]) -> None:
    with pytest.raises(RuntimeError, match="only this machine"):
        socket.create_connection(address, timeout=1)


async def test_a_name_of_another_machine_is_not_even_looked_up() -> None:
    with pytest.raises(RuntimeError, match="only this machine"):
        await asyncio.open_connection("start.exactonline.be", 443)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
