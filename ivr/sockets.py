"""Where the PBX and Careline meet."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


class CannotListen(UserError, OSError):  # noqa: N818 - named for what is wrong
    """The message is one sentence for the administrator: what, where, why, what to do."""


class LinkLost(Exception):  # noqa: N818 - the state, not a mistake
    """The connection ended, or what came over it was not the PBX's protocol."""


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@contextmanager
def listening(what: str, at: Address) -> Iterator[None]:
    """Turn the failure to open a listening socket into CannotListen."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotListen(
            f"Careline cannot listen for {what} on {at}: {reason}. "
            "Is another Careline running? Stop it, or choose another port."
        ) from error
