"""Free ports on loopback, below the range from which the kernel picks and above the well-known ones.

Nothing else takes them by chance between our look and the server's bind, also not while a server restarts.
"""

import os
import secrets
import socket

FIRST, LAST = map(int, os.environ.get("CARELINE_LAB_PORTS", "2000-9999").split("-"))
"""Two test runs beside each other take different ones: a port may be named long before it is bound."""

_named: set[int] = set()  # by this process, and never again


def free_port() -> int:
    """A port of 127.0.0.1 that is free for both UDP and TCP."""
    start = secrets.randbelow(LAST - FIRST)
    for offset in range(LAST - FIRST):
        port = FIRST + (start + offset) % (LAST - FIRST)
        if port not in _named and _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM):
            _named.add(port)
            return port
    raise OSError(f"every port from {FIRST} to {LAST} on 127.0.0.1 is taken")


def _is_free(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no obstacle
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
