"""The ports that a process listens on, opened before anything else starts."""

import errno
import os
import socket

_BACKLOG = 2048


class PortError(Exception):
    """A port cannot be opened; the text says why and which option chooses another."""


def listen(host: str, port: int, *, option: str) -> socket.socket:
    """Listen on this address; 0 takes any free port. Raises `PortError`, which names the option that chose the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise PortError(_why(error.errno or 0, host, port, option)) from error


def address(listening: socket.socket) -> str:
    """Return where this socket listens, as a browser writes it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _why(number: int, host: str, port: int, option: str) -> str:
    if number == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. Stop what listens there, or choose another port with {option}."
    if number == errno.EACCES:
        return f"This user may not listen on port {port}. Choose one above 1023 with {option}."
    if number == errno.EADDRNOTAVAIL or number < 0:  # the resolver's numbers are negative
        return f"{host} is not an address of this machine. Correct --host."
    return f"Cannot listen on {host}, port {port}: {os.strerror(number)}."
