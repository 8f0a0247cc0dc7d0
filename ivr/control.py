"""The running process's door for the command line: one JSON request and one JSON reply per connection.

    {"do": "ready", "person": "ana"}\\n  ->  {"ok": true}\\n        {"error": "..."}\\n when it could not be done

A Unix socket in the state folder, open to its owner alone; whoever may read the state folder may steer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog

from ivr.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

Request = Mapping[str, Any]
Answer = Callable[[Request], Awaitable[Mapping[str, Any]]]

LONGEST_REQUEST = 64 * 1024  # a request is a few words; a peer must not grow our memory
LONGEST_REPLY = 16 * 1024 * 1024  # the mistakes of a large plan, and a status of thousands of callers
REPLY_SECONDS = 5.0  # the process answers within milliseconds, or it hangs

log = structlog.get_logger()


class ControlError(UserError):
    """The request could not be carried out; the message is for the person who asked."""


class NotRunning(ControlError):  # noqa: N818 - the state that the person learns of
    """No Careline runs on this state folder."""


def socket_path(state: Path) -> Path:
    return state / "control.sock"


async def open_door(state: Path, answer: Answer) -> asyncio.Server:
    """Serve requests with `answer`, whose ControlError becomes the reply's error.

    Raises ControlError when there can be no socket in the state folder.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(json.dumps(await _reply(await reader.readline(), answer)).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError):
            log.warning("a control request was dropped")
        finally:
            writer.close()

    path = socket_path(state)
    try:
        path.unlink(missing_ok=True)  # a killed process leaves its socket; the state folder's lock says that it is dead
        server = await asyncio.start_unix_server(serve, path, limit=LONGEST_REQUEST)
        path.chmod(0o600)
    except OSError as error:
        why = error.strerror or error  # the path of a socket may have some hundred letters
        raise ControlError(f"{path} cannot be opened ({why}); choose another state folder in the settings") from None
    return server


async def _reply(line: bytes, answer: Answer) -> Mapping[str, Any]:
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            return {"error": "a request is a JSON object"}
        return await answer(request)
    except (ValueError, RecursionError):
        return {"error": "a request is a line of JSON"}
    except ControlError as error:
        return {"error": str(error)}


async def ask(state: Path, within_seconds: float = REPLY_SECONDS, **request: Any) -> dict[str, Any]:
    """Ask the process that runs on the state folder. Raises NotRunning, or ControlError with the process's words."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket_path(state), limit=LONGEST_REPLY)
    except OSError:
        raise NotRunning(f"no Careline runs on {state}; start it with 'careline run'") from None
    try:
        writer.write(json.dumps(request).encode() + b"\n")
        reply: dict[str, Any] = json.loads(await asyncio.wait_for(reader.readline(), within_seconds))
    except (OSError, ValueError, TimeoutError):
        raise ControlError(f"the Careline on {state} does not answer; look into its log") from None
    finally:
        writer.close()
    if "error" in reply:
        raise ControlError(reply["error"])
    return reply
