"""Where Asterisk and Careline meet."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


class CannotListen(UserError, OSError):  # noqa: N818 - named for what is wrong
    """The message is one sentence for the administrator: what, where, why, what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """`agi` and `audio` are ours, and Asterisk connects to them; `ami` is Asterisk's, and we connect to it.

    Port 0 in `agi` or `audio` takes any free port (for tests). `context` is the dialplan context of the hook,
    `person_context` and `asked_context` are where a person's phone goes once answered: to be joined, or to us first.
    """

    secret: str = field(repr=False)
    user: str = "careline"
    ami: Address = Address("127.0.0.1", 5038)
    agi: Address = Address("127.0.0.1", 4573)
    audio: Address = Address("127.0.0.1", 9092)
    context: str = "careline"
    person_context: str = "careline-person"
    asked_context: str = "careline-asked"

    @property
    def contexts(self) -> tuple[str, ...]:
        return self.context, self.person_context, self.asked_context


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
