"""What we ring: one ringing of one phone, from Originate to the only event that says that it is over."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.persons.rings import Ring
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
# By OriginateResponse's Reason, where the hang-up has no cause: a Local channel's has not.
# Source: include/asterisk/frame.h, AST_CONTROL_*.
REASONS = {"3": Cause.NO_ANSWER, "5": Cause.BUSY}


@dataclass(slots=True)
class Leg(Ring):
    """`channel` is "" until Asterisk has made one; `bridge` is the id of the bridge it is in, "" for none. `reason` is
    OriginateResponse's; `hung_up` waits for it.
    """

    channel: str = ""
    bridge: str = ""
    reason: str = ""
    hung_up: bool = False

    def explained(self, hangup_cause: str) -> bool:
        """Whether all is known of why the leg ended: a Local channel's hang-up comes before or after the reason."""
        return bool(self.picked_up or self.cancelled or self.reason or int(hangup_cause or 0))

    def told(self, hangup_cause: str) -> Cause:
        """Why the leg ended, as Asterisk tells it."""
        number = int(hangup_cause or 0)
        cause = CAUSES.get(number) if number else REASONS.get(self.reason)
        return cause or Cause.UNREACHABLE
