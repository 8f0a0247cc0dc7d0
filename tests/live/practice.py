"""A practice on a real Asterisk: Careline as its own process, the people's phones, and patients who insist."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from acd.state import BUSY
from lab.careline import Careline
from lab.phone import Answers, Phone, Policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ivr.record import CallRecord, CallSummary
    from lab.call import PhoneCall
    from lab.private_pbx import PrivatePbx

HERE = Path(__file__).parent
PATIENCE_SECONDS = 30.0
AGAIN_SECONDS = 1.5
E = TypeVar("E")
AT_ONCE = Answers(after_seconds=0.2)


async def eventually(holds: Callable[[], Awaitable[object]], *, within_seconds: float = PATIENCE_SECONDS) -> None:
    """Return once it holds; what other processes do is no event here. Raises TimeoutError."""
    async with asyncio.timeout(within_seconds):
        while not await holds():
            await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Practice:
    pbx: PrivatePbx
    careline: Careline
    phones: dict[str, Phone]
    patient: Phone

    def call(self) -> PhoneCall:
        return self.patient.dial(self.pbx.uri("100"))

    async def caller(self, key: str, patient: Phone | None = None) -> PhoneCall:
        """Somebody who presses a key as soon as anything is heard."""
        call = (patient or self.patient).dial(self.pbx.uri("100"))
        await call.heard.first_audio
        call.press(key)
        return call

    async def line(self) -> list[dict[str, Any]]:
        """Who waits, as `careline status` tells."""
        waiting: list[dict[str, Any]] = (await self.careline.ask(do="status"))["waiting"]
        return waiting

    async def person_state(self, name: str) -> str:
        people = (await self.careline.ask(do="status"))["people"]
        return str(next(each["state"] for each in people if each["name"] == name))

    async def until_person(self, name: str, state: str) -> None:
        async def is_so() -> bool:
            return await self.person_state(name) == state

        await eventually(is_so)

    async def until_status(self, holds: Callable[[dict[str, Any]], object]) -> None:
        """Return once it holds of what `careline status` tells."""

        async def is_so() -> object:
            return holds(await self.careline.ask(do="status"))

        await eventually(is_so)

    async def until_waiting(self, callers: int) -> None:
        await self.until_status(lambda status: len(status["waiting"]) == callers)

    async def record(self) -> CallRecord:
        """The record of the patient's last call, once it is over."""
        return await self.record_of(self.patient.name)

    async def record_of(self, number: str) -> CallRecord:
        """The record of the last call from a number, once it is over."""
        last: list[CallSummary] = []

        async def is_over() -> bool:
            calls = [each for each in await self.careline.calls() if each.phi_caller_number == number]
            last[:] = calls[-1:]
            return bool(last) and last[0].ended is not None

        await eventually(is_over)
        return await self.careline.record(last[0].id)

    async def close_up(self) -> None:
        """Everybody hangs up, and is again as the plan has it."""
        for phone in (self.patient, *self.phones.values()):
            for call in phone.calls:
                call.hang_up()
        await self.until_status(_nothing_goes_on)
        for name, person in self.careline.plan.people.items():
            if person.ready:
                await self.careline.ask(do="ready", person=name)
            else:
                await self.careline.ask(do="not-ready", person=name, reason="as in the plan")


def _nothing_goes_on(status: dict[str, Any]) -> bool:
    busy = {person["state"] for person in status["people"]} & BUSY
    return not (busy or status["waiting"] or status["calls"])


@asynccontextmanager
async def practice(pbx: PrivatePbx, plan: Path, folder: Path, policy: Policy = AT_ONCE) -> AsyncIterator[Practice]:
    """Everybody at their phones, Careline serving."""
    async with Careline(pbx, plan, folder=folder) as careline, at_their_phones(pbx, careline, policy) as everybody:
        yield everybody


@asynccontextmanager
async def at_their_phones(pbx: PrivatePbx, careline: Careline, policy: Policy = AT_ONCE) -> AsyncIterator[Practice]:
    """Everybody at their phones; Careline serves already."""
    phones = {name: await Phone.create(name, port=port, policy=policy) for name, port in pbx.people.items()}
    try:
        async with await Phone.create("6175550123") as patient:
            yield Practice(pbx, careline, phones, patient)
    finally:
        for phone in phones.values():
            phone.close()


def entries(record: CallRecord, kind: type[E]) -> list[E]:
    """All of one kind that a record's timeline has."""
    return [noted.entry for noted in record.timeline if isinstance(noted.entry, kind)]


async def rung(phone: Phone) -> PhoneCall:
    """The next ring of a person's phone."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await phone.next_call()


async def first_rung(phones: list[Phone]) -> PhoneCall:
    """The next ring of any of these phones."""
    ringing = [asyncio.get_running_loop().create_task(phone.next_call()) for phone in phones]
    done, waiting = await asyncio.wait(ringing, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    if not done:
        raise TimeoutError("no phone rang")
    return done.pop().result()


async def until_joined(call: PhoneCall, phones: list[Phone], key: str) -> PhoneCall:
    """Press the key until one of the phones talks, as a patient does whom an outage swallowed a key; that call."""
    loop = asyncio.get_running_loop()
    before = {id(other) for phone in phones for other in phone.calls}
    async with asyncio.timeout(PATIENCE_SECONDS):
        pressed = 0.0
        while True:
            for phone in phones:
                for other in phone.calls:
                    if id(other) not in before and other.answered.at is not None and not other.ended.over:
                        return other
            if loop.time() - pressed > AGAIN_SECONDS:
                call.press(key)
                pressed = loop.time()
            await asyncio.sleep(0.05)
