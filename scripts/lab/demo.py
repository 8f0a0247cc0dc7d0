"""The main job on real parts: three patients ring a real Asterisk, speak or press keys, and the right phones ring.

Patients and persons are SIP phones with real audio over RTP; Careline is its own process. What happens is told live
from Careline's record; what was heard is recorded; who rang is compared with who should have.
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ivr.menus.reading.load import load
from ivr.record.telling import tell
from lab.asterisk import PrivateAsterisk
from lab.call import PhoneCall
from lab.careline import Careline
from lab.daytime import always_open
from lab.moment import NeverHappened
from lab.patients import prompt_over, silent_from
from lab.phone import Answers, Phone
from lab.sound import Pcm, find
from lab.terminal import LabError, say
from lab.voices import speak

REPOSITORY = Path(__file__).resolve().parents[2]
PLAN = REPOSITORY / "dialplans/riverside.yaml"
TALK_SECONDS = 2.5
CALL_SECONDS = 75.0
HEARD_WHOLE = 0.6  # likeness of a clip that went through G.711 and a jitter buffer

HERE = datetime.now(UTC).astimezone().tzinfo or UTC

out = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Patient:
    """`right` are the persons who may ring; `does` is the patient's side of the conversation up to the ringing.

    `joined_seconds` after a person picks up patient and person hear each other.
    """

    name: str
    story: str
    right: frozenset[str]
    does: Callable[[PhoneCall, "Times"], Awaitable[float]]
    joined_seconds: float = 1.0


@dataclass(slots=True)
class Times:
    """Seconds, as the phones saw them; the budgets are the design's."""

    first_audio: list[float] = field(default_factory=list)
    speech_to_ringing: list[float] = field(default_factory=list)
    prompt_stopped: list[float] = field(default_factory=list)

    def rows(self) -> list[tuple[str, list[float], float]]:
        return [
            ("new call → first audio of the greeting", self.first_audio, 0.3),
            ("end of speech or key → a phone rings", self.speech_to_ringing, 0.7),
            ("caller starts to speak → prompt stops", self.prompt_stopped, 0.3),
        ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one patient."""

    patient: Patient
    rang: tuple[str, ...]
    talked: bool


# ---- the patients ------------------------------------------------------------------------------------------------


async def reschedules(call: PhoneCall, _times: Times) -> float:
    """Hears the prompt out, then says it."""
    await prompt_over(call)
    said = call.say(speak("I need to reschedule my appointment with cardiology", "slt"))
    await said
    return said.at or 0.0


async def is_afraid(call: PhoneCall, times: Times) -> float:
    """Talks over the prompt."""
    await call.heard.first_audio
    await asyncio.sleep(2.0)
    began = asyncio.get_running_loop().time()
    said = call.say(speak("my father has chest pain and cannot breathe", "rms"))
    await said
    times.prompt_stopped.append(silent_from(call, began))
    return said.at or 0.0


async def presses_keys(call: PhoneCall, _times: Times) -> float:
    """Never says a word, and knows the menu: 3 is a prescription refill."""
    await call.heard.first_audio
    await asyncio.sleep(5.0)
    pressed = call.press("3")
    await pressed
    return pressed.at or 0.0


def has_skills(*skills: str) -> frozenset[str]:
    people = load(PLAN).people.items()
    return frozenset(name for name, person in people if person.skills.keys() >= set(skills))


def patients() -> list[Patient]:
    return [
        Patient(
            "patient 1",
            "says “I need to reschedule my appointment with cardiology”",
            has_skills("scheduling", "cardiology"),
            reschedules,
        ),
        Patient(
            "patient 2",
            "says “my father has chest pain and cannot breathe”",
            has_skills("nurse"),
            is_afraid,
            joined_seconds=4.0,  # the nurse is told first what it is
        ),
        Patient("patient 3", "presses keys only: 3, a prescription refill", has_skills("refills"), presses_keys),
    ]


# ---- one call ----------------------------------------------------------------------------------------------------


async def place(patient: Patient, pbx: PrivateAsterisk, phones: dict[str, Phone], times: Times, into: Path) -> Seen:
    """Ring as the patient would, talk with whoever answers, and hang up."""
    loop = asyncio.get_running_loop()
    before = {name: len(phone.calls) for name, phone in phones.items()}
    async with await Phone.create(patient.name.replace(" ", "-")) as phone:
        call = phone.dial(pbx.uri("100"))
        await call.heard.first_audio
        times.first_audio.append(loop.time() - call.invited_at)
        spoke_until = await patient.does(call, times)
        rung = {name: phone.calls[before[name] :] for name, phone in (await _ringing(phones, before)).items()}
        times.speech_to_ringing.append(max(0.0, min(calls[0].invited_at for calls in rung.values()) - spoke_until))
        talked = await _talk(patient, call, phones, before)
        call.hang_up()
        call.heard.save(into / f"{patient.name.replace(' ', '-')}-heard.wav")
    rang = tuple(name for name, phone in phones.items() if len(phone.calls) > before[name])
    for name in rang:
        phones[name].calls[-1].heard.save(into / f"{name}-heard-{patient.name.replace(' ', '-')}.wav")
    return Seen(patient, rang, talked)


async def _ringing(phones: dict[str, Phone], before: dict[str, int]) -> dict[str, Phone]:
    """The phones that ring, once any does."""
    while True:
        ringing = {name: phone for name, phone in phones.items() if len(phone.calls) > before[name]}
        if ringing:
            return ringing
        await asyncio.sleep(0.02)


async def _talk(patient: Patient, call: PhoneCall, phones: dict[str, Phone], before: dict[str, int]) -> bool:
    """Talk for a while; true when caller and person heard each other's voice."""
    name = next(name for name, phone in phones.items() if len(phone.calls) > before[name])
    person = phones[name].calls[-1]
    await person.answered
    sentence = speak(f"hello, this is {patient.name}, thank you", "awb")
    await asyncio.sleep(patient.joined_seconds)
    await call.say(sentence)
    await asyncio.sleep(TALK_SECONDS)
    hears_caller = find(sentence, person.heard.pcm()).likeness > HEARD_WHOLE
    hears_person = find(_voice_of(name), call.heard.pcm()).likeness > HEARD_WHOLE
    return hears_caller and hears_person


def _voice_of(name: str) -> Pcm:
    return speak(f"Riverside, this is {name}, how can I help you?", "kal16")


# ---- the show ----------------------------------------------------------------------------------------------------


async def tell_live(careline: Careline) -> None:
    """Print each line of each call's record as it comes."""
    told: dict[str, int] = {}
    while True:
        for summary in await careline.calls():
            lines = tell(await careline.record(summary.id), HERE, with_patient_data=True)
            for line in lines[told.get(summary.id, 0) :]:
                out.print(f"  [dim]{summary.number}[/dim]  {line}", soft_wrap=True)
            told[summary.id] = len(lines)
        await asyncio.sleep(0.3)


async def show(into: Path) -> int:
    plan = load(PLAN)
    say("starting a private Asterisk and Careline ...")
    async with PrivateAsterisk(people=tuple(plan.people)) as pbx:
        careline = Careline(pbx, always_open(PLAN, into / "plan"), folder=into / "careline")
        phones = {
            name: await Phone.create(name, port=port, policy=Answers(after_seconds=0.8, says=_voice_of(name)))
            for name, port in pbx.people.items()
        }
        times = Times()
        async with careline:
            await careline.hearing()
            telling = asyncio.get_running_loop().create_task(tell_live(careline))
            seen = []
            for patient in patients():
                out.print(f"\n[bold]{patient.name}[/bold] {patient.story}")
                seen.append(await _attempt(patient, pbx, phones, times, into))
                await asyncio.sleep(0.8)
            telling.cancel()
            await asyncio.wait({telling})
        for phone in phones.values():
            phone.close()
    return _sum_up(seen, times, into)


async def _attempt(patient: Patient, pbx: PrivateAsterisk, phones: dict[str, Phone], times: Times, into: Path) -> Seen:
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await place(patient, pbx, phones, times, into)
    except (TimeoutError, NeverHappened) as failed:
        out.print(f"[red]{patient.name}: {failed or 'nobody was reached in time'}[/red]")
        return Seen(patient, (), talked=False)


def _sum_up(seen: Sequence[Seen], times: Times, into: Path) -> int:
    table = Table("patient", "should ring", "rang", "heard each other", title="who rang", title_justify="left")
    for one in seen:
        right = set(one.rang) <= one.patient.right and bool(one.rang)
        table.add_row(
            one.patient.name,
            " or ".join(sorted(one.patient.right)),
            f"[{'green' if right else 'red'}]{', '.join(one.rang) or 'nobody'}[/]",
            "yes" if one.talked else "[red]no[/red]",
        )
    out.print(table)
    out.print(f"recordings, log and database are in {into}; to look into it:")
    out.print(f"  .venv/bin/careline calls --state {into}/careline/state", soft_wrap=True)
    well = sum(1 for one in seen if one.rang and set(one.rang) <= one.patient.right and one.talked)
    measured = "; ".join(
        f"{what} {' / '.join(f'{value * 1000:.0f}' for value in values)} ms (budget {budget * 1000:.0f})"
        for what, values, budget in times.rows()
        if values
    )
    out.print(f"[bold]{len(seen)} calls placed, {well} routed as expected. {measured}[/bold]", soft_wrap=True)
    return 0 if well == len(seen) else 1


def main() -> int:
    options = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    options.add_argument("--out", type=Path, default=REPOSITORY / "demo-out", help="folder for recordings and database")
    into: Path = options.parse_args().out
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    try:
        return asyncio.run(show(into))
    except LabError as error:
        say(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
