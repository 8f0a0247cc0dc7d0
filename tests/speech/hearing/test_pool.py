"""The whole: real worker processes, real recognisers, and what becomes of callers when a worker dies or hangs."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.call import Hearing
from ivr.clock import SystemClock
from ivr.services import RecognizerUnavailable
from ivr.speech.hearing.models import ModelError
from ivr.speech.hearing.pool import RecognizerPool
from tests.speech.heard import PHRASES, TINY_MODEL, WITHIN, frames, said_to, silence, spoken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from ivr.services import Ear


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model of whoever runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def pool_of(
    cache: Path, models: Mapping[str, Path] | None = None, phrases: Mapping[str, Sequence[str]] = PHRASES
) -> RecognizerPool:
    return RecognizerPool(workers=1, models=models or {}, cache=cache, phrases=phrases, clock=SystemClock())


@asynccontextmanager
async def running(pool: RecognizerPool) -> AsyncIterator[RecognizerPool]:
    await pool.start()
    try:
        async with asyncio.timeout(WITHIN):
            await pool.ready()
        yield pool
    finally:
        await pool.close()


@pytest.fixture
async def pool(cache: Path) -> AsyncIterator[RecognizerPool]:
    async with running(pool_of(cache)) as ready:
        yield ready


async def test_callers_are_heard_at_the_same_time(pool: RecognizerPool) -> None:
    names = ("reschedule.slt", "chest_pain.awb", "reschedule.awb", "chest_pain.rms")
    async with asyncio.TaskGroup() as group:
        heard = [group.create_task(said_to(pool.listen(Hearing("en")), spoken(name))) for name in names]
    texts = [task.result().hypotheses[0].text for task in heard]
    assert ["appointment" in text for text in texts] == [True, False, True, False]
    assert ["chest pain" in text for text in texts] == [False, True, False, True]


async def test_an_emergency_ends_the_turn_before_the_caller_has_finished(pool: RecognizerPool) -> None:
    hearing = Hearing("en", urgent=lambda text: "chest pain" in text)
    ear = pool.listen(hearing)
    endless = spoken("chest_pain.awb")[:-16000] + spoken("reschedule.awb")[6400:-16000] * 3
    heard = await said_to(ear, endless)
    assert "chest pain" in heard.hypotheses[0].text
    assert "appointment" not in heard.hypotheses[0].text


async def test_a_closed_list_is_heard(pool: RecognizerPool) -> None:
    heard = await said_to(pool.listen(Hearing("en", grammar=("yes", "no"))), spoken("yes.awb"))
    assert "yes" in heard.hypotheses[0].text.split()


async def test_a_language_without_a_recogniser_is_not_heard(cache: Path) -> None:
    pool = pool_of(cache, phrases={"en": (), "es": ("cita",)})
    assert [pool.can_hear(language) for language in ("en", "es", "fr")] == [True, False, False]
    async with running(pool):
        with pytest.raises(RecognizerUnavailable, match="no recogniser for 'es'"):
            pool.listen(Hearing("es"))


async def test_nobody_is_heard_before_the_worker_is_ready(cache: Path) -> None:
    pool = pool_of(cache)
    with pytest.raises(RecognizerUnavailable):
        pool.listen(Hearing("en"))
    await pool.start()
    with pytest.raises(RecognizerUnavailable):
        pool.listen(Hearing("en"))
    await pool.close()


async def test_without_workers_nothing_is_heard(cache: Path) -> None:
    pool = RecognizerPool(workers=0, models={}, cache=cache, phrases=PHRASES, clock=SystemClock())
    async with running(pool):
        assert not pool.can_hear("en")


async def test_a_vosk_model_is_used_where_one_is_named(cache: Path) -> None:
    async with running(pool_of(cache, {"en": TINY_MODEL}, {"en": ("billing",)})) as pool:
        heard = await said_to(pool.listen(Hearing("en")), spoken("billing_nurse.rms"))
        assert heard.hypotheses[0].text == "billing nurse"
        other = await said_to(pool.listen(Hearing("en", grammar=("yes", "no"))), spoken("emergency.rms"))
        assert other.hypotheses == ()


async def test_a_model_that_was_named_wrongly_is_told_before_anything_starts(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        pool_of(cache, {"en": tmp_path})


async def in_mid_speech(pool: RecognizerPool) -> Ear:
    ear = pool.listen(Hearing("en"))
    for frame in frames(spoken("reschedule.awb")[:24000]):
        ear.feed(frame)
    assert ear.speech_began.is_set()
    return ear


async def lost(ear: Ear) -> bool:
    """Whether the ear gives up, within the test's time."""
    async with asyncio.timeout(WITHIN):
        try:
            await ear.heard()
        except RecognizerUnavailable:
            return True
    return False


async def test_a_killed_worker_costs_its_callers_the_turn_and_another_takes_over(pool: RecognizerPool) -> None:
    ears = [await in_mid_speech(pool) for _ in range(3)]
    (first,) = pool.worker_pids
    os.kill(first, signal.SIGKILL)
    assert [await lost(ear) for ear in ears] == [True, True, True]
    async with asyncio.timeout(WITHIN):
        await pool.ready()
    assert pool.worker_pids != (first,)
    heard = await said_to(pool.listen(Hearing("en")), spoken("chest_pain.awb"))
    assert "chest pain" in heard.hypotheses[0].text


async def test_a_worker_that_hangs_is_given_nothing_new_then_killed_and_replaced(pool: RecognizerPool) -> None:
    ear = await in_mid_speech(pool)
    (first,) = pool.worker_pids
    os.kill(first, signal.SIGSTOP)
    ear.feed(silence(0.1))
    assert await lost(ear)
    with pytest.raises(RecognizerUnavailable):
        pool.listen(Hearing("en"))
    async with asyncio.timeout(WITHIN):
        while pool.worker_pids == (first,):
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.05)
        await pool.ready()
    assert "chest pain" in (await said_to(pool.listen(Hearing("en")), spoken("chest_pain.awb"))).hypotheses[0].text


async def test_callers_who_hang_up_in_mid_speech_leave_nothing_behind(pool: RecognizerPool) -> None:
    for _ in range(40):
        (await in_mid_speech(pool)).close()
    assert "chest pain" in (await said_to(pool.listen(Hearing("en")), spoken("chest_pain.awb"))).hypotheses[0].text


async def test_the_workers_end_with_the_pool(cache: Path) -> None:
    async with running(pool_of(cache)) as pool:
        (worker,) = pool.worker_pids
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
