from __future__ import annotations

import asyncio

import pytest

from ivr.clock import SystemClock
from ivr.speech.hearing.patience import GRACE_SECONDS, LATE_SECONDS, Patience
from tests.speech.heard import WITHIN


@pytest.fixture
def gave_up() -> asyncio.Event:
    return asyncio.Event()


async def test_who_is_not_answered_within_a_second_gives_up(gave_up: asyncio.Event) -> None:
    patience = Patience(SystemClock(), gave_up.set)
    patience.sent(320)
    patience.taken(319)
    async with asyncio.timeout(WITHIN):
        await gave_up.wait()
    assert LATE_SECONDS + GRACE_SECONDS < 1.0


async def test_an_answer_in_time_ends_the_wait(gave_up: asyncio.Event) -> None:
    patience = Patience(SystemClock(), gave_up.set)
    patience.sent(320)
    patience.taken(320)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(LATE_SECONDS + 2 * GRACE_SECONDS):
            await gave_up.wait()


async def test_recognised_audio_is_no_answer_to_the_question_for_the_result(gave_up: asyncio.Event) -> None:
    patience = Patience(SystemClock(), gave_up.set)
    patience.sent(320)
    patience.asked()
    patience.taken(320)
    async with asyncio.timeout(WITHIN):
        await gave_up.wait()


async def test_a_closed_one_never_gives_up(gave_up: asyncio.Event) -> None:
    patience = Patience(SystemClock(), gave_up.set)
    patience.sent(320)
    patience.close()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(LATE_SECONDS + 2 * GRACE_SECONDS):
            await gave_up.wait()
