"""A person's leg: one ringing of one person's phone, from Originate to its only LegEnded."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.services import Cause

# By Asterisk's hang-up cause. Measured: 486 is 17, 603 is 21, 480 and our own time limit are 19, 404 is 1, 503 is 34.
# Source: include/asterisk/causes.h.
CAUSES = {
    16: Cause.NO_ANSWER,
    17: Cause.BUSY,
    18: Cause.NO_ANSWER,
    19: Cause.NO_ANSWER,
    21: Cause.REFUSED,
    26: Cause.CANCELLED,
}


@dataclass(slots=True)
class Leg:
    """`channel` is "" until Asterisk has made one; `bridge` is the id of the bridge it is in, "" for none."""

    id: str
    channel: str = ""
    bridge: str = ""
    rang: bool = False
    answered: bool = False
    cancelled: bool = False
    answered_elsewhere: bool = False
    call: str = ""

    def cause(self, hangup_cause: str) -> Cause:
        """Why the leg ended. A phone that never rang was not there, whatever the cause says."""
        if self.answered:
            return Cause.ENDED
        if self.cancelled:
            return Cause.CANCELLED
        cause = CAUSES.get(int(hangup_cause or 0), Cause.UNREACHABLE)
        return Cause.UNREACHABLE if cause is Cause.NO_ANSWER and not self.rang else cause
