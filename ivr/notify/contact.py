"""How a person is reached: `mail:ana@example.org`, `sms:+16175550123`, `phone:PJSIP/ana`, `webhook:https://…`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST_ADDRESS = 2000  # the longest URL that servers commonly take
MAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+")
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
PHONE = re.compile(r"[A-Za-z][A-Za-z0-9]*/[A-Za-z0-9_.+@:-]+")  # a device of the PBX; nothing that it would interpret


class BadWay(UserError):  # noqa: N818 - named for what is wrong
    """A way of reaching somebody that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Way:
    """`kind` names the port. An address may hold a secret (many webhooks' do), so it is not shown."""

    kind: str
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """All ways are tried at once, each with its own repeats: a gateway that is down must not delay a ringing phone."""

    name: str
    ways: tuple[Way, ...]


def contact(name: str, ways: Sequence[str]) -> Contact:
    """Raises BadWay for the first way that is wrong; a way that is named twice is one."""
    return Contact(name, tuple(dict.fromkeys(way(text) for text in ways)))


def way(text: str) -> Way:
    """Raises BadWay with one sentence, which shows no more of the text than its kind."""
    kind, colon, address = text.partition(":")
    if not colon or kind not in KINDS:
        known = ", ".join(f"{kind}:{example}" for kind, (_, example) in KINDS.items())
        raise BadWay(f"a way to reach somebody begins with its kind: write {known}")
    is_right, example = KINDS[kind]
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or not is_right(address):
        raise BadWay(f"what follows '{kind}:' is wrong: write {kind}:{example}")
    return Way(kind, address)


def is_number(text: str) -> bool:
    """Whether it is a telephone number in full: a plus sign, the country, 15 digits at most."""
    return NUMBER.fullmatch(text) is not None


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text and parts.port != 0
    except ValueError:
        return False


KINDS: dict[str, tuple[Callable[[str], object], str]] = {
    "phone": (PHONE.fullmatch, "PJSIP/ana"),
    "sms": (is_number, "+16175550123"),
    "mail": (MAIL.fullmatch, "ana@example.org"),
    "webhook": (is_web_address, "https://example.org/alerts"),
}
"""By kind: what its addresses look like, and an example."""
