"""FreeSWITCH's event socket as an administrator's tool: log in, ask, hang up. Blocking, for threads and ends."""

import json
import socket
from types import TracebackType
from typing import Self

from lab.terminal import LabError

SECONDS = 10.0


class EventSocket:
    """with EventSocket(host, port, password) as ask: version = ask("version")

    Raises LabError, one sentence, when there is nobody or the password is wrong.
    """

    def __init__(self, host: str, port: int, password: str) -> None:
        self._at, self._password = (host, port), password

    def __enter__(self) -> Self:
        try:
            self._socket = socket.create_connection(self._at, SECONDS)
        except OSError as error:
            host, port = self._at
            raise LabError(
                f"no FreeSWITCH listens at {host}:{port} ({error.strerror}): "
                "start it, or see listen-port in event_socket.conf.xml"
            ) from None
        self._file = self._socket.makefile("rb")
        self._read()
        if "+OK" not in self._said(f"auth {self._password}"):
            self._socket.close()
            raise LabError("FreeSWITCH refuses the password: it is in event_socket.conf.xml")
        return self

    def __call__(self, command: str) -> str:
        """What `api COMMAND` responds, stripped."""
        return self._said(f"api {command}").strip()

    def rows(self, what: str) -> list[dict[str, str]]:
        """`show WHAT as json`."""
        rows: list[dict[str, str]] = json.loads(self(f"show {what} as json")).get("rows", [])
        return rows

    def _said(self, line: str) -> str:
        self._socket.sendall(f"{line}\n\n".encode())
        return self._read()

    def _read(self) -> str:
        """The next packet's body, or its Reply-Text."""
        headers: dict[str, str] = {}
        try:
            while line := self._file.readline().decode().rstrip("\n"):
                name, _, value = line.partition(": ")
                headers[name] = value
            body = self._file.read(int(headers.get("Content-Length", 0))).decode("utf-8", "replace")
        except OSError as error:
            raise LabError(f"FreeSWITCH does not answer ({error}): see its log") from None
        return body or headers.get("Reply-Text", "")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()
