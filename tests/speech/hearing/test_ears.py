"""An ear with a worker that the test plays itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from ivr.call import Hearing, Hypothesis, Spoke, Voice
from ivr.clock import SystemClock
from ivr.services import RecognizerUnavailable
from ivr.speech.hearing.ears import PARTIAL_CONFIDENCE, Listener, WorkerEar
from tests.speech.heard import WITHIN, silence, spoken


@dataclass
class PlayedStream:
    """Takes all audio in silence; the test answers."""

    listener: Listener | None = None
    audio_bytes: int = 0
    told: list[str] = field(default_factory=list)

    def audio(self, pcm: bytes) -> None:
        self.audio_bytes += len(pcm)

    def end(self) -> None:
        self.told.append("end")

    def close(self) -> None:
        self.told.append("close")

    def late(self) -> None:
        self.told.append("late")

    def open(self, listener: Listener) -> PlayedStream:
        self.listener = listener
        return self


@pytest.fixture
def stream() -> PlayedStream:
    return PlayedStream()


def ear_to(stream: PlayedStream, hearing: Hearing | None = None) -> WorkerEar:
    return WorkerEar(hearing or Hearing("en"), stream.open, SystemClock())


async def heard(ear: WorkerEar) -> Spoke:
    async with asyncio.timeout(WITHIN):
        return await ear.heard()


async def test_the_worker_gets_the_speech_alone_with_what_was_just_before(stream: PlayedStream) -> None:
    ear = ear_to(stream)
    ear.feed(silence(30.0))
    assert not ear.speech_began.is_set()
    assert stream.listener is None
    speech = spoken("yes.awb")
    ear.feed(speech + silence(30.0))
    assert ear.speech_began.is_set()
    assert stream.told == ["end"]
    assert len(speech) - 32000 < stream.audio_bytes < len(speech)


async def test_the_readings_of_the_worker_are_what_was_heard(stream: PlayedStream) -> None:
    ear = ear_to(stream)
    ear.feed(spoken("yes.awb"))
    assert stream.listener
    readings = (Hypothesis("yes please", 0.9), Hypothesis("yes", 0.4))
    voice = Voice(1.0, -26.0, 120.0, 4.0, 0.0)
    stream.listener.finished(Spoke(readings, voice))
    assert await heard(ear) == Spoke(readings, voice)
    assert stream.told == ["end", "close"]


async def test_an_urgent_partial_ends_the_turn_once_the_next_one_confirms_it(stream: PlayedStream) -> None:
    ear = ear_to(stream, Hearing("en", urgent=lambda text: "chest pain" in text))
    ear.feed(spoken("chest_pain.rms")[:24000])
    assert stream.listener
    stream.listener.progressed(1600, "my chest pain")
    stream.listener.progressed(3200, "my chart")
    stream.listener.progressed(4800, "my father has chest pain")
    stream.listener.progressed(6400, "my father has chest pain and")
    assert await heard(ear) == Spoke((Hypothesis("my father has chest pain and", PARTIAL_CONFIDENCE),))
    assert stream.told == ["close"]


async def test_a_partial_that_is_enough_ends_a_long_pause_early(stream: PlayedStream) -> None:
    patient = Hearing("en", pause_seconds=1.8, enough=lambda text: text.count("five") == 3)
    ear = ear_to(stream, patient)
    ear.feed(spoken("yes.awb"))  # with a second of silence after it
    assert stream.listener
    stream.listener.progressed(1600, "five five")
    ear.feed(silence(0.02))
    assert stream.told == []
    stream.listener.progressed(3200, "five five five")
    ear.feed(silence(0.02))
    assert stream.told == ["end"]


async def test_a_worker_that_does_not_keep_up_costs_a_second(stream: PlayedStream) -> None:
    ear = ear_to(stream)
    ear.feed(spoken("yes.awb"))
    with pytest.raises(RecognizerUnavailable):
        await heard(ear)
    assert stream.told == ["end", "late", "close"]


async def test_a_failed_stream_is_no_recogniser(stream: PlayedStream) -> None:
    ear = ear_to(stream)
    ear.feed(spoken("yes.awb"))
    assert stream.listener
    stream.listener.failed()
    with pytest.raises(RecognizerUnavailable):
        await heard(ear)


async def test_no_free_worker_when_speech_begins_is_no_recogniser() -> None:
    def none_free(_: Listener) -> PlayedStream:
        raise RecognizerUnavailable

    ear = WorkerEar(Hearing("en"), none_free, SystemClock())
    ear.feed(spoken("yes.awb"))
    assert ear.speech_began.is_set()
    with pytest.raises(RecognizerUnavailable):
        await heard(ear)


async def test_finish_without_speech_is_no_words(stream: PlayedStream) -> None:
    ear = ear_to(stream)
    ear.feed(silence(1.0))
    ear.finish()
    assert await heard(ear) == Spoke(())


async def test_finish_in_mid_speech_asks_for_what_there_is(stream: PlayedStream) -> None:
    ear = ear_to(stream)
    ear.feed(spoken("reschedule.awb")[:24000])
    ear.finish()
    ear.finish()
    ear.feed(spoken("reschedule.awb"))
    assert stream.told == ["end"]


async def test_close_is_safe_at_any_time_and_ends_a_wait(stream: PlayedStream) -> None:
    ear = ear_to(stream)
    async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
        waiting = group.create_task(_outcome(ear))
        ear.feed(spoken("yes.awb"))
        await asyncio.wait([waiting], timeout=0)
        ear.close()
        ear.close()
    ear.feed(silence(1.0))
    ear.finish()
    assert waiting.result() is None
    assert stream.told == ["end", "close"]


async def _outcome(ear: WorkerEar) -> Spoke | None:
    try:
        return await ear.heard()
    except RecognizerUnavailable:
        return None
