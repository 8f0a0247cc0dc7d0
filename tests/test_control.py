"""The door of the running process: one request, one reply, and no peer who can harm it."""

from __future__ import annotations

import asyncio
import json
import stat
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from ivr.control import LONGEST_REQUEST, ControlError, NotRunning, ask, open_door, socket_path
from tests.fakes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder with a short path: a socket's has some hundred letters at most."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


async def clerk(request: Mapping[str, Any]) -> Mapping[str, Any]:
    match request:
        case {"do": "echo"}:
            return request
        case {"do": "fail"}:
            raise RuntimeError("a fault of ours")
        case _:
            raise ControlError("no such thing")


@asynccontextmanager
async def door(state: Path) -> AsyncIterator[Path]:
    async with await open_door(state, clerk):
        yield state


async def says(state: Path, line: bytes) -> bytes:
    """What the process replies to a line."""
    reader, writer = await asyncio.open_unix_connection(socket_path(state))
    writer.write(line)
    reply = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return reply


async def test_a_request_is_answered(state: Path) -> None:
    async with door(state):
        assert await ask(state, do="echo", person="ana") == {"do": "echo", "person": "ana"}


async def test_what_cannot_be_done_is_told_in_the_process_s_own_words(state: Path) -> None:
    async with door(state):
        with pytest.raises(ControlError, match=r"^no such thing$"):
            await ask(state, do="dance")


async def test_only_the_owner_may_come_in(state: Path) -> None:
    async with door(state):
        assert stat.S_IMODE(socket_path(state).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"hello\n", "a request is a line of JSON"),
        (b"\n", "a request is a line of JSON"),
        (b"\xff\xfe\n", "a request is a line of JSON"),
        (b"[" * 50_000 + b"\n", "a request is a line of JSON"),
        (b"[1, 2]\n", "a request is a JSON object"),
        (b'{"do": 1}\n', "no such thing"),
    ],
)
async def test_garbage_is_answered_with_what_is_wrong(state: Path, line: bytes, error: str) -> None:
    async with door(state):
        assert json.loads(await says(state, line)) == {"error": error}


async def test_a_request_that_never_ends_is_dropped_and_the_next_one_answered(state: Path) -> None:
    async with door(state):
        assert await says(state, b"x" * (LONGEST_REQUEST * 3)) == b""
        assert await ask(state, do="echo") == {"do": "echo"}


async def test_a_peer_who_says_nothing_and_goes_harms_nobody(state: Path) -> None:
    async with door(state):
        _, writer = await asyncio.open_unix_connection(socket_path(state))
        writer.close()
        assert await ask(state, do="echo") == {"do": "echo"}


async def test_where_nobody_runs_one_is_told_how_to_start(state: Path) -> None:
    with pytest.raises(NotRunning) as error:
        await ask(state, do="status")
    assert str(error.value) == f"no Careline runs on {state}; start it with 'careline run'"


async def test_the_socket_of_a_killed_process_is_in_nobodys_way(state: Path) -> None:
    async with door(state):
        pass
    socket_path(state).touch()
    with pytest.raises(NotRunning):
        await ask(state, do="status")
    async with door(state):
        assert await ask(state, do="echo") == {"do": "echo"}


async def test_a_process_that_does_not_answer_is_said_to(state: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    async with await asyncio.start_unix_server(hang_up, socket_path(state)):
        with pytest.raises(ControlError) as error:
            await ask(state, do="status")
    assert str(error.value) == f"the Careline on {state} does not answer; look into its log"


@pytest.mark.parametrize(
    ("folder", "why"), [("x" * 120, "AF_UNIX path too long"), ("none", "No such file or directory")]
)
async def test_where_there_can_be_no_socket_one_sentence_says_so(state: Path, folder: str, why: str) -> None:
    with pytest.raises(ControlError) as error:
        await open_door(state / folder, clerk)
    assert str(error.value) == (
        f"{state / folder}/control.sock cannot be opened ({why}); choose another state folder in the settings"
    )
