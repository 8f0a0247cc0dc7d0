"""How long a free person waits for the next caller's ring: ours and app_queue's, on the same Asterisk in one run.

    person hangs up (BYE leaves)  ───────────▶  INVITE of the next caller's ring arrives at the same phone

50 callers wait at any moment; talks last a random fraction of a second, so that no period of either side is favoured.
The two take turns, half of their hand-overs each time.
"""

import asyncio
import random
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path

from lab.asterisk import PrivateAsterisk
from lab.call import PhoneCall
from lab.careline import Careline
from lab.phone import Ignores, Phone
from lab.report import Report, Table
from lab.terminal import say

WAITING = 50
HANDOVERS = 100
ROUNDS = 2
TALK_SECONDS = (0.2, 0.9)
PLAN = Path(__file__).with_name("bench.yaml")

QUEUE = (
    "[bench]\nstrategy=rrmemory\ntimeout=20\nretry=1\nwrapuptime=0\nautofill=yes\nringinuse=no\nmember => PJSIP/bo\n"
)
EXTENSIONS = "exten => queue,1,Answer()\n same => n,Queue(bench)\n"


async def run() -> Report:
    async with (
        PrivateAsterisk(
            people=("ana", "bo"), extra_queues=QUEUE, extra_extensions=EXTENSIONS, rtp_timeout_seconds=0
        ) as pbx,
        Careline(pbx, PLAN),
    ):
        ours, theirs = await _measure(pbx)
    return _report(ours, theirs)


async def _measure(pbx: PrivateAsterisk) -> tuple[list[float], list[float]]:
    """The hand-overs of both, in milliseconds."""
    seeded = random.Random(1)
    ours: list[float] = []
    theirs: list[float] = []
    async with (
        await Phone.create("ana", port=pbx.people["ana"], policy=Ignores()) as ana,
        await Phone.create("bo", port=pbx.people["bo"], policy=Ignores()) as bo,
    ):
        for turn in range(ROUNDS):
            say(f"round {turn + 1} of {ROUNDS}: {HANDOVERS // ROUNDS} hand-overs each, {WAITING} callers waiting ...")
            async with Crowd(pbx.uri("queue"), _waits):
                theirs += await hand_overs(bo, seeded)
            async with Crowd(pbx.uri("100"), _presses_one):
                ours += await hand_overs(ana, seeded)
    return ours, theirs


async def hand_overs(person: Phone, seeded: random.Random) -> list[float]:
    """Serve callers one after the other; the first ring is no hand-over."""
    gaps: list[float] = []
    call = await person.next_call()
    while call.ended.over:  # rang for the last round's callers, when they hung up
        call = await person.next_call()
    while len(gaps) < HANDOVERS // ROUNDS:
        call.answer()
        await asyncio.sleep(seeded.uniform(*TALK_SECONDS))
        call.hang_up()
        following = await person.next_call()
        gaps.append((following.invited_at - (call.ended.at or 0.0)) * 1000)
        call = following
    call.hang_up()
    return gaps


async def _waits(call: PhoneCall) -> None:
    call.mute()


async def _presses_one(call: PhoneCall) -> None:
    """One key leads to the queue."""
    await call.heard.first_audio
    await call.press("1")
    call.mute()


class Crowd:
    """WAITING callers of an extension; who was served is followed by a new one, until the block ends."""

    def __init__(self, uri: str, does: Callable[[PhoneCall], Awaitable[None]]) -> None:
        self._uri = uri
        self._does = does
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> None:
        self._phone = await Phone.create("caller")
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._calls_again()) for _ in range(WAITING)]

    async def _calls_again(self) -> None:
        while True:
            call = self._phone.dial(self._uri)
            await call.answered
            await self._does(call)
            await call.ended

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._phone.close()
        await asyncio.sleep(2.0)  # the PBX clears the lines


def _report(ours: list[float], theirs: list[float]) -> Report:
    ratio = statistics.median(theirs) / statistics.median(ours)
    rows = (
        ("Careline", *_figures(ours)),
        ("app_queue", *_figures(theirs)),
        ("ratio", "", "", f"{ratio:.0f} x", "", ""),
    )
    return Report(
        tables=(Table("person free → next INVITE, ms", ("", "hand-overs", "min", "median", "p99", "max"), rows),),
        figures={
            "ours_median_ms": statistics.median(ours),
            "ours_p99_ms": p99(ours),
            "app_queue_median_ms": statistics.median(theirs),
            "app_queue_p99_ms": p99(theirs),
            "ratio": ratio,
            "handovers": len(ours),
        },
    )


def _figures(values: list[float]) -> tuple[str, ...]:
    return (str(len(values)), *(f"{v:.1f}" for v in (min(values), statistics.median(values), p99(values), max(values))))


def p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]
