"""What we ring: one ringing of one phone, from `originate` to the only event that says that it is over."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.persons.rings import Ring
from ivr.services import Cause

# By the name of FreeSWITCH's hang-up cause. Measured: 486 is USER_BUSY, 603 CALL_REJECTED, 480 NO_USER_RESPONSE, our
# own time limit NO_ANSWER, an unknown user SUBSCRIBER_ABSENT. Source: src/switch_channel.c, CAUSE_CHART.
CAUSES = {
    "USER_BUSY": Cause.BUSY,
    "CALL_REJECTED": Cause.REFUSED,
    "NO_ANSWER": Cause.NO_ANSWER,
    "NO_USER_RESPONSE": Cause.NO_ANSWER,
    "ALLOTTED_TIMEOUT": Cause.NO_ANSWER,
    "ORIGINATOR_CANCEL": Cause.CANCELLED,
    "LOSE_RACE": Cause.CANCELLED,
}


@dataclass(slots=True)
class Leg(Ring):
    """`talks` is true from the moment that it was joined with its caller."""

    talks: bool = False

    @property
    def hang_up_cause(self) -> str:
        """What the phone is told when we end it: whoever is late reads that the call was answered elsewhere."""
        if self.answered_elsewhere:
            return "LOSE_RACE"
        return "NORMAL_CLEARING" if self.picked_up else "ORIGINATOR_CANCEL"


def told(cause: str) -> Cause:
    """Why a leg ended, as FreeSWITCH tells it."""
    return CAUSES.get(cause, Cause.UNREACHABLE)
