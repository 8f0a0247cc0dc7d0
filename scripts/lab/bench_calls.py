"""How many callers speak with the menus at once without a gap in what they hear.

Each caller hears the greeting, says what they want, and goes on talking with the menus for a while; a gap is more than
60 ms without a packet while Careline has the caller. The callers run on the same cores as what is measured, so the
figure is on the safe side.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.asterisk import PrivateAsterisk
from lab.careline import Careline
from lab.daytime import always_open
from lab.demo import PLAN
from lab.patients import prompt_over
from lab.phone import Phone
from lab.report import Report, Table
from lab.sound import Pcm
from lab.terminal import say
from lab.voices import VOICES, speak

STEPS = (10, 25, 50, 75, 100)
CALL_SECONDS = 25.0
ARRIVAL_SECONDS = 5.0  # the callers of a step come within this time
GAP_SECONDS = 0.06
SENTENCES = ("I would like to make an appointment", "um hello can you hear me", "the doctor told me to call again")


@dataclass(frozen=True, slots=True)
class Load:
    callers: int
    gaps: int
    worst_ms: float
    careline_cpu: float
    asterisk_cpu: float
    careline_mb: float


async def run() -> Report:
    voices = [speak(sentence, voice) for sentence in SENTENCES for voice in VOICES]
    with TemporaryDirectory() as folder:
        async with PrivateAsterisk(people=("ana",)) as pbx, Careline(pbx, always_open(PLAN, Path(folder))) as careline:
            return await _run(pbx, careline, voices)


async def _run(pbx: PrivateAsterisk, careline: Careline, voices: list[Pcm]) -> Report:
    loads: list[Load] = []
    await careline.hearing()
    resting_mb = memory_mb(careline.pid)
    for callers in STEPS:
        say(f"{callers} callers at once ...")
        loads.append(await _step(callers, pbx, careline, voices))
        await asyncio.sleep(3.0)
    return _report(loads, resting_mb)


async def _step(callers: int, pbx: PrivateAsterisk, careline: Careline, voices: list[Pcm]) -> Load:
    before = cpu_seconds(careline.pid), cpu_seconds(pbx.pid)
    began = asyncio.get_running_loop().time()
    async with await Phone.create("caller") as phone, asyncio.TaskGroup() as group:
        talking = [
            group.create_task(_talks(phone, pbx.uri("100"), voices[n % len(voices)], n * ARRIVAL_SECONDS / callers))
            for n in range(callers)
        ]
    seconds = asyncio.get_running_loop().time() - began
    gaps = [gap for task in talking for gap in task.result()]
    return Load(
        callers,
        len(gaps),
        max(gaps, default=0.0) * 1000,
        (cpu_seconds(careline.pid) - before[0]) / seconds,
        (cpu_seconds(pbx.pid) - before[1]) / seconds,
        memory_mb(careline.pid),
    )


async def _talks(phone: Phone, uri: str, voice: Pcm, after_seconds: float) -> list[float]:
    """One caller; returns the gaps in seconds."""
    await asyncio.sleep(after_seconds)
    call = phone.dial(uri)
    await call.answered
    try:
        async with asyncio.timeout(CALL_SECONDS):
            while True:
                await prompt_over(call)
                await call.say(voice)
    except TimeoutError:
        pass
    call.hang_up()
    return [gap.end_seconds - gap.start_seconds for gap in call.heard.gaps(GAP_SECONDS)]


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its children so far."""
    return sum(_cpu_of(each) for each in family(pid))


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children; pages that they share count once (PSS)."""
    return sum(_pss_kb(each) for each in family(pid)) / 1024


def family(pid: int) -> list[int]:
    """The process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100  # USER_HZ


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _report(loads: list[Load], resting_mb: float) -> Report:
    rows = tuple(
        (
            str(load.callers),
            str(load.gaps),
            f"{load.worst_ms:.0f}",
            f"{load.careline_cpu:.0%}",
            f"{load.asterisk_cpu:.0%}",
            f"{load.careline_mb:.0f}",
        )
        for load in loads
    )
    columns = ("callers", "gaps > 60 ms", "worst, ms", "Careline, of a core", "Asterisk, of a core", "Careline, MB")
    without = [load.callers for load in loads if not load.gaps]
    return Report(
        tables=(Table("simultaneous callers in live-speech menus", columns, rows),),
        figures={"callers_without_gap": max(without, default=0), "resting_mb": resting_mb},
    )
