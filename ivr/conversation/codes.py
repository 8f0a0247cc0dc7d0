"""An extension of the practice's own: whoever dials it gives a PIN, and does what the code is for.

    PIN, three tries ── whose it is ──> the closures' menu, or the recording of prompts ──> goodbye
        └── five wrong ones in a quarter of an hour ──> the code is shut for a quarter of an hour

No record is begun for such a call, and neither PINs nor numbers are logged.
"""

from __future__ import annotations

from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

import structlog

from ivr.call import Call, CallerGone, KeyRules, Pressed, Turn
from ivr.conversation.closure_menu import ClosureMenu
from ivr.conversation.recording_prompts import RecordingPrompts
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.conversation.desk import Desk
    from ivr.menus.plan.closures import Code

TRIES = 3  # in one call
LONGEST_PIN = 8
MOST_WRONG = 5  # of all calls within the time: who tries all PINs of four digits needs three weeks of it
WITHIN_SECONDS = 900.0
SHUT_SECONDS = 900.0

log = structlog.get_logger()


class Lock:
    """Counts wrong PINs, each code for itself. Times are of one clock that never jumps."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_WRONG))
        self._shut_until: dict[str, float] = {}

    def is_shut(self, code: str, now: float) -> bool:
        return now < self._shut_until.get(code, now)

    def wrong(self, code: str, now: float) -> None:
        times = self._wrong[code]
        times.append(now)
        if len(times) == MOST_WRONG and now - times[0] <= WITHIN_SECONDS:
            self._shut_until[code] = now + SHUT_SECONDS
            times.clear()
            log.warning("a code is shut: too many wrong PINs", code=code, seconds=SHUT_SECONDS)


@dataclass(frozen=True, slots=True)
class CodeCall:
    """One call to the plan's code `extension`."""

    call: Call
    desk: Desk
    extension: str
    lock: Lock

    async def run(self) -> None:
        """To the end of the call; never raises CallerGone."""
        with suppress(CallerGone, SwitchDown):  # the PBX hangs up on whoever we cannot
            await self.call.answer()
            if person := await self._who():
                log.info("a code was used", code=self.extension, person=person)
                await self._do(self.desk.plan.codes[self.extension], person)
            await self.call.hang_up()

    async def _do(self, code: Code, person: str) -> None:
        match code.does:
            case "closures":
                await ClosureMenu(self.call, self.desk, person).run()
            case "prompts":
                await RecordingPrompts(self.call, self.desk, person).run()

    async def _who(self) -> str:
        """The person whose PIN is entered; "" for nobody's."""
        prompt = "code_pin"
        for _ in range(TRIES):
            if self.lock.is_shut(self.extension, self._now()):
                await self._play("code_shut")
                return ""
            heard = await self.call.ask(Turn(self._sounds(prompt), KeyRules(longest=LONGEST_PIN)))
            if isinstance(heard, Pressed):
                if person := self._owner(heard.digits):
                    return person
                self.lock.wrong(self.extension, self._now())
            prompt = "code_pin_again"
        await self._play("code_bye")
        return ""

    def _owner(self, digits: str) -> str:
        """Each PIN is compared, and in full: the time it takes tells nothing."""
        code, people = self.desk.plan.codes[self.extension], self.desk.plan.people
        pins = [(name, people[name].pin or "") for name in code.who]
        owners = [name for name, pin in pins if compare_digest(digits, pin) and pin]
        return owners[0] if owners else ""

    def _now(self) -> float:
        return self.desk.clock.monotonic()

    def _sounds(self, *prompts: str) -> tuple[Path, ...]:
        language = self.desk.plan.practice.languages[0]
        return tuple(self.desk.prompts.sound(language, prompt) for prompt in prompts)

    async def _play(self, *prompts: str) -> None:
        await self.call.play(*self._sounds(*prompts))
