"""What goes wrong when a feed's port is opened."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


class CannotListen(UserError):  # noqa: N818 - named for what is wrong
    """The port for a feed cannot be opened; the message is one sentence for the administrator."""


@contextmanager
def listening(feed: str, host: str, port: int) -> Iterator[None]:
    """Turn the failure to open the port of `feeds: FEED:` into CannotListen."""
    try:
        yield
    except OSError as error:
        raise CannotListen(
            f"the feed '{feed}' cannot listen on {host}:{port}: {error.strerror or error}; "
            f"choose another port (feeds: {feed}: port) in the settings"
        ) from None
