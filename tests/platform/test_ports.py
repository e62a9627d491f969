"""Ports that open, and those that do not."""

import socket

import pytest

from app.processes import ports
from app.processes.ports import PortError


def test_an_open_port_answers_at_once_at_the_address_that_it_tells() -> None:
    with ports.listen("127.0.0.1", 0, option="--port") as listening:
        port = listening.getsockname()[1]
        assert ports.address(listening) == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_is_told_as_a_browser_writes_it() -> None:
    with ports.listen("::1", 0, option="--port") as listening:
        assert ports.address(listening) == f"http://[::1]:{listening.getsockname()[1]}"


def test_a_taken_port_is_named_with_the_option_that_chooses_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(PortError) as refused:
            ports.listen("127.0.0.1", port, option="WORKER_PORT")
    assert str(refused.value) == (
        f"Port {port} on 127.0.0.1 is taken. Stop what listens there, or choose another port with WORKER_PORT."
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.1.5"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(PortError, match=f"^{host} is not an address of this machine. Correct --host.$"):
        ports.listen(host, 0, option="--port")
