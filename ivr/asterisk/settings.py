"""Where Asterisk and Careline meet."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.sockets import Address

AMI, AGI, AUDIO = (Address("127.0.0.1", port) for port in (5038, 4573, 9092))


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """`agi` and `audio` are ours, and Asterisk connects to them; `ami` is Asterisk's, and we connect to it.

    Port 0 in `agi` or `audio` takes any free port (for tests). `context` is the dialplan context of the hook,
    `person_context` and `asked_context` are where a person's phone goes once answered: to be joined, or to us first.
    """

    secret: str = field(repr=False)
    user: str = "careline"
    ami: Address = AMI
    agi: Address = AGI
    audio: Address = AUDIO
    context: str = "careline"
    person_context: str = "careline-person"
    asked_context: str = "careline-asked"

    @property
    def contexts(self) -> tuple[str, ...]:
        return self.context, self.person_context, self.asked_context
