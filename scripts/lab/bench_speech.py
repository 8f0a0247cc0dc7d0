"""How well and how fast live speech is heard, and how many callers a core can hear at once.

Every sentence is fed as a telephone would, 20 ms at a time, to the product's own recognisers with the shipped plan.
Times are from the sentence's own first and last sound. Sentences: the recordings beside the repository in
`../shared/speech` where there are some, else what the synthesisers here speak. The shipped carriers were written with
those sentences in view: the word errors are a guard against regressions, not what strangers' wordings will meet.
"""

import asyncio
import csv
import re
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.call import Hearing, Spoke
from ivr.clock import SystemClock
from ivr.edition import phrases_heard, understanding_of
from ivr.menus.reading import load as plans
from ivr.services import Ear, RecognizerUnavailable
from ivr.speech.hearing.pool import RecognizerPool
from ivr.speech.hearing.worker_process import STREAMS
from ivr.speech.sound.audio import FRAME_BYTES, FRAME_SECONDS
from lab.bench_calls import cpu_seconds, memory_mb
from lab.demo import PLAN
from lab.report import Report, Table
from lab.sound import Pcm, not_silent, read_wav
from lab.terminal import LabError, say
from lab.voices import VOICES, speak

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "speech"
AT_ONCE = 4  # for the times: a quiet practice
STEPS = (4, 8, 12, STREAMS)  # for the streams
STEP_SECONDS = 8.0
SILENCE = bytes(FRAME_BYTES)
AFTER_SECONDS = 1.0
BUDGET_MS = 700.0  # the budget from the end of speech to the next prompt
SPOKEN = (
    "I need to reschedule my appointment with cardiology",
    "my father has chest pain and cannot breathe",
    "I have a question about my bill",
    "can I get a refill of my blood pressure medication",
    "I would like to speak with a nurse",
    "are my test results back yet",
    "I am a new patient and I need a referral",
    "can I talk to a real person please",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    words: tuple[str, ...]
    pcm: bytes
    begin_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """`wrong` of `words` words; seconds from the first sound to speech_began, from the last to the result."""

    wrong: int
    words: int
    began_seconds: float | None
    result_seconds: float | None


async def run() -> Report:
    sentences, source = _sentences()
    async with _ears() as ears:
        (worker,) = ears.worker_pids
        say(f"{len(sentences)} sentences ({source}) ...")
        before = cpu_seconds(worker)
        outcomes = await _all(ears, sentences)
        spoken_seconds = sum(each.end_seconds - each.begin_seconds for each in sentences)
        cpu_share = (cpu_seconds(worker) - before) / spoken_seconds
        streams = await _most_streams(ears, sentences)
        worker_mb = memory_mb(worker)
    return _report(outcomes, source, {"streams_per_core": streams, "cpu_share": cpu_share, "worker_mb": worker_mb})


@asynccontextmanager
async def _ears() -> AsyncIterator[RecognizerPool]:
    plan = plans.load(PLAN)
    phrases = phrases_heard(plan, understanding_of(plan, PLAN))
    with tempfile.TemporaryDirectory() as cache:
        pool = RecognizerPool(workers=1, models={}, cache=Path(cache), phrases=phrases, clock=SystemClock())
        await pool.start()
        await pool.ready()
        try:
            yield pool
        finally:
            await pool.close()


def _sentences() -> tuple[list[Sentence], str]:
    if (transcripts := RECORDED / "transcripts.tsv").is_file():
        with transcripts.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["file"].startswith("en/")]
        return [_sentence(row["text"], read_wav(RECORDED / row["file"])) for row in rows], "recordings"
    try:
        return [_sentence(text, speak(text, voice)) for text in SPOKEN for voice in VOICES], "synthesised"
    except (LabError, OSError) as error:
        raise LabError(f"there is nothing to listen to: no recordings, and no synthesiser ({error})") from None


def _sentence(text: str, pcm: Pcm) -> Sentence:
    loud = not_silent(pcm)
    return Sentence(_words(text), pcm.astype("<i2").tobytes(), loud[0].start_seconds, loud[-1].end_seconds)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z']+", text.lower().replace("mri", "m r i")))


async def _all(ears: RecognizerPool, sentences: Sequence[Sentence]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    rest = iter(sentences)

    async def speaker() -> None:
        outcomes.extend([await _say(ears, sentence) for sentence in rest])

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(speaker())
    return outcomes


async def _say(ears: RecognizerPool, sentence: Sentence) -> Outcome:
    """One caller's turn, as live as on the telephone."""
    loop = asyncio.get_running_loop()
    try:
        ear = ears.listen(Hearing("en"))
    except RecognizerUnavailable:
        return _unheard(sentence)
    start, began = loop.time(), None
    async with asyncio.TaskGroup() as group:
        hearing = group.create_task(_result(ear))
        for number, frame in enumerate(_frames(sentence.pcm), start=1):
            await asyncio.sleep(start + number * FRAME_SECONDS - loop.time())
            ear.feed(frame)
            if began is None and ear.speech_began.is_set():
                began = loop.time() - start - sentence.begin_seconds
            if hearing.done():
                break
        ear.finish()
    ear.close()
    heard, ended = hearing.result()
    if heard is None:
        return _unheard(sentence)
    found = _words(heard.hypotheses[0].text) if heard.hypotheses else ()
    wrong = _errors(sentence.words, found)
    return Outcome(wrong, len(sentence.words), began, ended - start - sentence.end_seconds)


async def _result(ear: Ear) -> tuple[Spoke | None, float]:
    """What was heard, None when the recogniser gave up, and when."""
    try:
        heard = await ear.heard()
    except RecognizerUnavailable:
        heard = None
    return heard, asyncio.get_running_loop().time()


def _unheard(sentence: Sentence) -> Outcome:
    return Outcome(len(sentence.words), len(sentence.words), None, None)


def _frames(pcm: bytes) -> Iterator[bytes]:
    whole = pcm + SILENCE * int(AFTER_SECONDS / FRAME_SECONDS)
    for at in range(0, len(whole) - FRAME_BYTES + 1, FRAME_BYTES):
        yield whole[at : at + FRAME_BYTES]


def _errors(right: Sequence[str], found: Sequence[str]) -> int:
    """Words to insert, delete or replace."""
    row = list(range(len(found) + 1))
    for n, wanted in enumerate(right, start=1):
        before, row[0] = row[:], n
        for m, word in enumerate(found, start=1):
            row[m] = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (wanted != word))
    return row[-1]


async def _most_streams(ears: RecognizerPool, sentences: Sequence[Sentence]) -> int:
    """The most callers who talk without a break, all at once, and are all answered in time."""
    most = 0
    for callers in STEPS:
        say(f"{callers} callers talk at once ...")
        if not await _kept_up(ears, sentences, callers):
            break
        most = callers
    return most


async def _kept_up(ears: RecognizerPool, sentences: Sequence[Sentence], callers: int) -> bool:
    loop = asyncio.get_running_loop()
    until = loop.time() + STEP_SECONDS
    outcomes: list[Outcome] = []

    async def talk(first: int) -> None:
        for number in range(first, first + len(sentences)):
            if loop.time() > until:
                return
            outcomes.append(await _say(ears, sentences[number % len(sentences)]))

    async with asyncio.TaskGroup() as group:
        for caller in range(callers):
            group.create_task(talk(caller * len(sentences) // callers))
    times = [each.result_seconds for each in outcomes]
    return None not in times and _ms([each for each in times if each is not None], 0.95) <= BUDGET_MS


def _ms(seconds: Sequence[float], quantile: float) -> float:
    return round(float(np.quantile(seconds, quantile)) * 1000) if seconds else 0.0


def _report(outcomes: Sequence[Outcome], source: str, load: Mapping[str, float]) -> Report:
    began = [each.began_seconds for each in outcomes if each.began_seconds is not None]
    results = [each.result_seconds for each in outcomes if each.result_seconds is not None and each.result_seconds >= 0]
    figures: dict[str, float | int | str] = {
        "sentences": len(outcomes),
        "source": source,
        "word_error_percent": round(100 * sum(o.wrong for o in outcomes) / sum(o.words for o in outcomes), 1),
        "end_of_speech_to_result_median_ms": _ms(results, 0.5),
        "end_of_speech_to_result_p95_ms": _ms(results, 0.95),
        "speech_to_began_median_ms": _ms(began, 0.5),
        "speech_to_began_p95_ms": _ms(began, 0.95),
        "cut_early_percent": round(100 * (1 - len(results) / len(outcomes)), 1),
        **{name: round(value, 3) for name, value in load.items()},
    }
    rows = tuple((name.replace("_", " "), str(value)) for name, value in figures.items())
    return Report(tables=(Table("live speech", ("figure", "value"), rows),), figures=figures)
