"""A practice on a real Asterisk: Careline as its own process, the people's phones, and patients who insist."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.asterisk import PrivateAsterisk
from lab.call import PhoneCall
from lab.careline import Careline
from lab.phone import Answers, Phone, Policy

HERE = Path(__file__).parent
PATIENCE_SECONDS = 30.0
AGAIN_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Practice:
    pbx: PrivateAsterisk
    careline: Careline
    phones: dict[str, Phone]
    patient: Phone

    def call(self) -> PhoneCall:
        return self.patient.dial(self.pbx.uri("100"))

    async def person_state(self, name: str) -> str:
        people = (await self.careline.ask(do="status"))["people"]
        return str(next(each["state"] for each in people if each["name"] == name))

    async def until_person(self, name: str, state: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.person_state(name) != state:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def practice(
    pbx: PrivateAsterisk, plan: Path, folder: Path, policy: Policy = Answers(after_seconds=0.2)
) -> AsyncIterator[Practice]:
    """Everybody at their phones, Careline serving."""
    phones = {name: await Phone.create(name, port=port, policy=policy) for name, port in pbx.people.items()}
    try:
        async with Careline(pbx, plan, folder=folder) as careline, await Phone.create("6175550123") as patient:
            yield Practice(pbx, careline, phones, patient)
    finally:
        for phone in phones.values():
            phone.close()


async def rung(phone: Phone) -> PhoneCall:
    """The next ring of a person's phone."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await phone.next_call()


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
