"""Free ports on loopback, below the range from which the kernel picks and above the well-known ones.

Nothing else takes them by chance between our look and the server's bind, also not while a server restarts.
"""

import secrets
import socket

FIRST, LAST = 2000, 9999


def free_port() -> int:
    """A port of 127.0.0.1 that is free for both UDP and TCP."""
    start = secrets.randbelow(LAST - FIRST)
    for offset in range(LAST - FIRST):
        port = FIRST + (start + offset) % (LAST - FIRST)
        if _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM):
            return port
    raise OSError("every port from 2000 to 9999 on 127.0.0.1 is taken")


def _is_free(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no obstacle
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
