"""What we ring: one ringing of one phone, from Originate to the only event that says that it is over."""

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
NO_ANSWER = "19"  # the cause of a leg that ended while we did not look
# By OriginateResponse's Reason, where the hang-up has no cause: a Local channel's has not.
# Source: include/asterisk/frame.h, AST_CONTROL_*.
REASONS = {"3": NO_ANSWER, "5": "17"}


@dataclass(slots=True)
class Leg:
    """A person's leg, or somebody who is dialled.

    `channel` is "" until Asterisk has made one; `bridge` is the id of the bridge it is in, "" for none. `answered`
    is a leg that can be joined, or could; `picked_up` is sooner: the person may still be asked. `sent_away` says that
    who picked up was given up by us, a mailbox perhaps. `reason` is OriginateResponse's; `hung_up` waits for it.
    """

    id: str
    channel: str = ""
    bridge: str = ""
    rang: bool = False
    picked_up: bool = False
    answered: bool = False
    sent_away: bool = False
    cancelled: bool = False
    answered_elsewhere: bool = False
    reason: str = ""
    hung_up: bool = False
    call: str = ""

    def explained(self, hangup_cause: str) -> bool:
        """Whether all is known of why the leg ended: a Local channel's hang-up comes before or after the reason."""
        return bool(self.picked_up or self.cancelled or self.reason or int(hangup_cause or 0))

    def cause(self, hangup_cause: str) -> Cause:
        """Why the leg ended. A phone that never rang was not there, whatever the cause says."""
        if self.answered:
            return Cause.ENDED
        if self.cancelled:
            return Cause.CANCELLED
        if self.picked_up:
            return Cause.NO_ANSWER if self.sent_away else Cause.REFUSED
        told = int(hangup_cause or 0) or int(REASONS.get(self.reason, 0))
        cause = CAUSES.get(told, Cause.UNREACHABLE)
        return Cause.UNREACHABLE if cause is Cause.NO_ANSWER and not self.rang else cause
