"""The worker's own logic, with a recogniser that answers what it was fed."""

from __future__ import annotations

import json

from ivr.call import Hypothesis, Spoke
from ivr.speech.hearing import wire
from ivr.speech.hearing.wire import Decoder, Frame, Kind
from ivr.speech.hearing.worker import SLICE_BYTES, Worker, load


class Counting:
    """Recognises how many bytes it was fed; fails on audio of ones."""

    def __init__(self) -> None:
        self.fed = 0
        self.closed = 0

    def begin(self, grammar: tuple[str, ...] | None) -> Counting:
        if grammar == ():
            raise ValueError
        return self

    def take(self, pcm: bytes) -> None:
        if pcm[0] == 1:
            raise RuntimeError
        self.fed += len(pcm)

    def partial(self) -> str:
        return str(self.fed)

    def final(self) -> tuple[Hypothesis, ...]:
        return (Hypothesis(str(self.fed), 1.0),)

    def close(self) -> None:
        self.closed += 1


def opened(worker: Worker, stream: int, language: str = "en", grammar: list[str] | None = None) -> bytes:
    body = json.dumps({"language": language, "grammar": grammar}).encode()
    return worker.take(Frame(Kind.OPEN, stream, body))


def answers(worker: Worker) -> list[Frame]:
    decoder, frames = Decoder(), []
    while worker.has_work:
        frames += decoder.feed(worker.work())
    return frames


def test_the_utterances_take_turns() -> None:
    worker = Worker({"en": Counting()})
    for stream in (1, 2):
        opened(worker, stream)
        worker.take(Frame(Kind.AUDIO, stream, bytes(2 * SLICE_BYTES)))
    assert [frame.stream for frame in answers(worker)] == [1, 2, 1, 2]


def test_the_end_comes_after_all_audio_and_forgets_the_stream() -> None:
    recognizer = Counting()
    worker = Worker({"en": recognizer})
    opened(worker, 5)
    worker.take(Frame(Kind.AUDIO, 5, bytes(SLICE_BYTES + 320)))
    worker.take(Frame(Kind.END, 5))
    progress, rest, final = answers(worker)
    assert wire.progress(progress) == (SLICE_BYTES, "1600")
    assert wire.progress(rest) == (SLICE_BYTES + 320, "1920")
    assert (final.stream, wire.spoke(final)) == (5, Spoke((Hypothesis("1920", 1.0),)))
    assert recognizer.closed == 1
    assert worker.take(Frame(Kind.AUDIO, 5, bytes(SLICE_BYTES))) == b""


def test_a_recogniser_that_fails_costs_its_own_stream_only() -> None:
    worker = Worker({"en": Counting()})
    opened(worker, 1)
    opened(worker, 2)
    worker.take(Frame(Kind.AUDIO, 1, b"\1" * SLICE_BYTES))
    worker.take(Frame(Kind.AUDIO, 2, bytes(SLICE_BYTES)))
    assert [(frame.kind, frame.stream) for frame in answers(worker)] == [(Kind.FAILED, 1), (Kind.PROGRESS, 2)]


def test_an_unknown_language_and_an_impossible_grammar_fail_at_once() -> None:
    worker = Worker({"en": Counting()})
    assert opened(worker, 1, language="fr") == wire.encode(Kind.FAILED, 1)
    assert opened(worker, 2, grammar=[]) == wire.encode(Kind.FAILED, 2)


def test_a_closed_stream_is_forgotten_and_closing_it_again_is_no_error() -> None:
    worker = Worker({"en": Counting()})
    opened(worker, 1)
    worker.take(Frame(Kind.AUDIO, 1, bytes(SLICE_BYTES)))
    worker.take(Frame(Kind.CLOSE, 1))
    worker.take(Frame(Kind.CLOSE, 1))
    assert not worker.has_work


def test_a_ping_is_answered() -> None:
    assert Worker({}).take(Frame(Kind.PING)) == wire.encode(Kind.PONG)


def test_a_language_that_cannot_be_loaded_is_told_and_does_not_stop_the_others() -> None:
    broken = {"engine": "vosk", "model": "/nowhere", "phrases": []}
    recognizers, why_not = load({"cache": "/nowhere", "languages": {"en": broken}})
    assert recognizers == {}
    assert why_not == {"en": "the speech model /nowhere cannot be loaded; download it again"}
