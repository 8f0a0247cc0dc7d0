"""Being called back: what is agreed upon with a caller who waits, and what is said to who picks up later.

    the number ─▶ right? ─▶ when? ─▶ agreed, hung up           it is the caller's turn ─▶ dialled ─▶ key 1 ─▶ in line
       ▲           │ no                                                                      └─ silence: a machine?
       └─ entered ─┘

Consent is a key that the caller pressed after having heard the number; the record keeps it with the time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from acd.model import Callback
from ivr import record as story
from ivr.call import Call, Heard, Hearing, KeyRules, Pressed, Spoke, Turn
from ivr.conversation.area_codes import zone_of
from ivr.menus.callbacks import windows
from ivr.menus.words.spoken import digits_pieces, moment_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from acd.engine import Engine
    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.queues import Callback as Rules
    from ivr.services import Clock, Prompts, RedFlag

TRIES = 3  # who answers none of so many questions keeps waiting on the line
SLOTS_OFFERED = 6  # three hours' worth of half hours, one after the other, are enough to listen to
GOODBYE_SECONDS = 20.0  # whoever still hears the goodbye is busy, and cannot be called
LONGEST_NUMBER = 16  # E.164 has 15 digits at most
HALF_HOUR = timedelta(minutes=30)
LEAD = timedelta(minutes=15)  # a time that is nearly now is no appointment
YES, OTHER = "1", "2"
GREETING_SILENCE_SECONDS = 6.0  # who picks up says their name first, and takes the phone from the ear to press


class Endangered(Exception):  # noqa: N818 - what the caller said, not a mistake
    """A sign of danger in what the caller said meanwhile: nothing else matters now."""

    def __init__(self, flag: RedFlag) -> None:
        super().__init__(flag.sign)
        self.flag = flag


@dataclass(frozen=True, slots=True)
class Agreed:
    """`number` is as the caller gave it; `own` is the one that they ring from. `at` is a time agreed upon, or 0."""

    number: str
    own: bool
    callback: Callback
    at: float = 0.0

    @property
    def goodbye(self) -> str:
        """The prompt that ends the call, once it is on disk."""
        return "callback_time_agreed" if self.at else "callback_agreed"

    @property
    def once_hung_up(self) -> Callback:
        """The same when the line is free: nothing is in the way of the caller's turn."""
        return replace(self.callback, not_before=self.at)


@dataclass(frozen=True, slots=True)
class Agreeing:
    """The conversation with one waiting caller, in one language, about one queue's callbacks.

    It goes by keys; `danger` looks for its signs in what is said meanwhile, None where nobody listens.
    """

    call: Call
    language: str
    plan: Plan
    rules: Rules
    prompts: Prompts
    clock: Clock
    engine: Engine
    danger: Callable[[Sequence[str]], RedFlag | None] | None = None

    async def agree(self) -> Agreed | None:
        """None when nothing was agreed upon: the caller waits on. Raises CallerGone, and Endangered."""
        number = await self._number()
        if not number:
            return None
        zone = zone_of(number, self._zone)
        hours = windows(self.rules, self.clock.now(), self._zone, zone)
        if not hours and (self.rules.hours or self.rules.quiet):
            await self._play("callback_none_today")
            return None
        moment = await self._moment(hours)
        if moment is None:
            return None
        callback = Callback(moment or self.clock.now() + GOODBYE_SECONDS, hours)
        return Agreed(number, number == self.call.caller_number, callback, moment)

    # ---- the number -----------------------------------------------------------------------------------------------

    async def _number(self) -> str:
        """A number that the caller confirmed, and that may be called; "" for none."""
        number = self.call.caller_number if self._may_call(self.call.caller_number) else ""
        for _ in range(TRIES):
            if not number:
                number = await self._entered()
                continue
            match await self._ask("callback_number_is", *digits_pieces(number), "callback_confirm"):
                case Pressed("1"):
                    return number
                case Pressed("2"):
                    number = await self._entered()
                case _:
                    pass
        return ""

    async def _entered(self) -> str:
        keys = KeyRules(longest=LONGEST_NUMBER, between_seconds=5.0)
        heard = await self._ask("callback_enter", keys=keys)
        if isinstance(heard, Pressed) and self._may_call(heard.digits):
            return heard.digits
        if isinstance(heard, Pressed):
            await self._play("callback_cannot_call")
        return ""

    def _may_call(self, number: str) -> bool:
        return bool(number and self.plan.outside and self.plan.outside.phone_of(number))

    # ---- the time -------------------------------------------------------------------------------------------------

    async def _moment(self, hours: Sequence[tuple[float, float]]) -> float | None:
        """0 for as soon as it is the caller's turn; None when the caller agreed to nothing."""
        most = self.rules.per_half_hour
        if most is None:
            return 0.0
        heard = await self._ask("callback_when")
        if heard != Pressed(OTHER):
            return 0.0 if heard == Pressed(YES) else None
        now = datetime.fromtimestamp(self.clock.now(), self._zone)
        slots = free_slots(now, hours, self._taken(), most)
        for slot, _ in zip(slots, range(SLOTS_OFFERED), strict=False):
            pieces = moment_pieces(slot, now.date(), self.language)
            if await self._ask("callback_time_is", *pieces, "callback_time_confirm") == Pressed(YES):
                return slot.timestamp()
        await self._play("callback_none_today")
        return None

    def _taken(self) -> Counter[float]:
        """How many callbacks are agreed upon, by the beginning of the half hour."""
        callers = self.engine.lobby.callers.values()
        return Counter(caller.back.callback.not_before for caller in callers if caller.back and caller.away)

    # ---- small change ---------------------------------------------------------------------------------------------

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.plan.practice.timezone)

    async def _ask(self, *pieces: str | int, keys: KeyRules | None = None) -> Heard:
        sounds = await self.prompts.all_pieces(self.language, pieces)
        turn = Turn(sounds, keys or KeyRules())
        danger = self.danger
        if danger is None:
            return await self.call.ask(turn)
        hearing = Hearing(self.language, urgent=lambda text: danger([text]) is not None)
        heard = await self.call.ask(replace(turn, hearing=hearing, barge_in=False, minds=lambda _: False))
        if isinstance(heard, Spoke) and (flag := danger([each.text for each in heard.hypotheses])):
            raise Endangered(flag)
        return heard

    async def _play(self, prompt: str) -> None:
        await self.call.play(self.prompts.sound(self.language, prompt))


def free_slots(
    now: datetime, hours: Sequence[tuple[float, float]], taken: Mapping[float, int], most: int
) -> Iterator[datetime]:
    """The full and half hours within `hours`, soonest first, for which fewer than `most` have agreed on a time."""
    begins = (now + LEAD).replace(second=0, microsecond=0)
    slot = begins + timedelta(minutes=-begins.minute % 30)
    end = max((until for _, until in hours), default=(now + timedelta(days=1)).timestamp())
    while slot.timestamp() < end:
        moment = slot.timestamp()
        inside = not hours or any(begin <= moment < until for begin, until in hours)
        if inside and taken.get(moment, 0) < most:
            yield slot
        slot += HALF_HOUR


async def greet(call: Call, prompts: Prompts, language: str, note: Callable[[story.Entry], None]) -> bool:
    """Whether who picked up pressed the key. Nothing is left on a machine. Raises CallerGone."""
    sounds = (prompts.sound(language, "callback_greeting"),)
    for _ in range(2):
        heard = await call.ask(Turn(sounds, KeyRules(), silence_seconds=GREETING_SILENCE_SECONDS))
        if heard == Pressed(YES):
            return True
        if isinstance(heard, Pressed):
            note(story.HeardKeys(heard.digits))
    return False
