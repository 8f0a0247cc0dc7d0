"""How many callers in danger are heard: red flags through G.711 by several synthetic voices, clean and in noise.

Each sentence goes through the product's own recogniser with the shipped plan: every partial result is looked at, 100 ms
apart, then all readings. It is done as fast as the machine can, so a busy one changes nothing; where a turn ends
is left out. The sentences are the held-out half of the typed set, for which no wording was written.

By default each voice speaks sentences of its own, so that minutes hear many; CARELINE_BENCH_SENTENCES=100 has every
voice speak a hundred of each label. Two processes share the work.

Beside our list stands the peer that any practice could build in an afternoon: the same recogniser, and a search for the
words of each sign's name.
"""

import asyncio
import multiprocessing
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.edition import phrases_heard, understanding_of
from ivr.menus.reading import load as plans
from ivr.red_flag_trial import Figures, Outcome, figures, read
from ivr.sentences import Sentence
from ivr.speech.hearing.ears import STABLE_PARTIALS
from ivr.speech.hearing.models import recognizer_of
from ivr.speech.hearing.recognizer import Recognizer
from ivr.speech.hearing.worker import SLICE_BYTES, load
from ivr.speech.meaning.red_flags import RedFlagList, RedFlags, Step, Wording
from ivr.speech.meaning.text import words
from lab.demo import PLAN
from lab.g711 import ULAW
from lab.report import Report, Table
from lab.sound import Pcm
from lab.synthesisers import synthesisers
from lab.terminal import say
from lab.voices import LANGUAGES, speak_as

HELD_OUT = Path(__file__).resolve().parents[2] / "tests" / "speech" / "danger" / "held_out.tsv"
SPANISH = Path(__file__).resolve().parents[3] / "shared" / "models" / "pocketsphinx-es"
NOISES = {"clean": None, "25 dB": 25.0, "15 dB": 15.0, "10 dB": 10.0}
PROCESSES = 2
PER_CONDITION = int(os.environ.get("CARELINE_BENCH_SENTENCES", "12"))  # of each label, voice and noise


@dataclass(frozen=True, slots=True)
class Condition:
    language: str
    voice: str
    noise: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What the recogniser made of one sentence: its partial results, and its readings at the end."""

    sentence: Sentence
    partials: tuple[str, ...]
    readings: tuple[str, ...]


Row = tuple[Condition, Sequence[Outcome], Sequence[Outcome]]  # ours, then the peer's


async def run() -> Report:
    return await asyncio.to_thread(_run)


def _run() -> Report:
    plan = plans.load(PLAN)
    understanding = understanding_of(plan, PLAN)
    ours, peer = understanding.red_flags, _peer(understanding.red_flags)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        ears = recognizers(phrases_heard(plan, understanding), Path(folder))
        conditions = list(_conditions(ears))
        synthesisers()  # made once, before two processes want them
        # Forked, so that the recognisers are made once; each process hears whole conditions.
        with multiprocessing.get_context("fork").Pool(PROCESSES, _begin, (ears,)) as pool:
            for condition, heard in zip(conditions, pool.imap(_all_heard, conditions), strict=True):
                say(f"{condition.language}, {condition.voice}, {condition.noise}")
                rows.append(
                    (condition, [_looked(ours, each) for each in heard], [_looked(peer, each) for each in heard])
                )
    return _report(rows)


_of: dict[str, Recognizer] = {}
"""The recognisers of this process, by language: they cannot be sent to it."""


def _begin(recognizers: Mapping[str, Recognizer]) -> None:
    _of.update(recognizers)


def _all_heard(condition: Condition) -> list[Heard]:
    return [_heard(_of[condition.language], each, condition) for each in _sentences(condition)]


def recognizers(phrases: Mapping[str, Sequence[str]], cache: Path) -> Mapping[str, Recognizer]:
    """Those of the languages that can be heard here."""
    models = {"es": SPANISH} if SPANISH.is_dir() else {}
    found = {language: recognizer_of(language, models, os.environ) for language in phrases}
    languages = {
        language: {
            "engine": of.engine,
            "model": str(of.model),
            "dictionary": str(of.dictionary or ""),
            "phrases": list(phrases[language]),
        }
        for language, of in found.items()
        if of is not None
    }
    return load({"languages": languages, "cache": str(cache)})[0]


def _conditions(languages: Mapping[str, Recognizer]) -> Iterator[Condition]:
    for language in languages:
        for voice in LANGUAGES[language]:
            for noise in NOISES:
                yield Condition(language, voice, noise)


def _heard(recognizer: Recognizer, sentence: Sentence, condition: Condition) -> Heard:
    pcm = speak_as(sentence.text, condition.language, condition.voice)
    line = ULAW.decode(ULAW.encode(_noisy(pcm, NOISES[condition.noise]))).astype("<i2").tobytes()
    utterance = recognizer.begin(None)
    partials = []
    for at in range(0, len(line), SLICE_BYTES):
        utterance.take(line[at : at + SLICE_BYTES])
        partials.append(utterance.partial())
    return Heard(sentence, tuple(partials), tuple(each.text for each in utterance.final()))


def _looked(flags: RedFlags, heard: Heard) -> Outcome:
    """As in a call: a sign that stays in the partial results counts at once, else any in the readings."""
    in_a_row = 0
    for partial in heard.partials:
        flag = flags.find([partial])
        in_a_row = in_a_row + 1 if flag else 0
        if in_a_row >= STABLE_PARTIALS:
            return Outcome(heard.sentence, flag, (partial,))
    return Outcome(heard.sentence, flags.find(heard.readings), heard.readings)


def _sentences(condition: Condition) -> list[Sentence]:
    """Evenly of both labels; each voice's own ones while there are enough, the same at every noise."""
    every = [each for each in read(HELD_OUT, ("en", "es")) if each.language == condition.language]
    mixed = sorted(every, key=lambda each: zlib.crc32(each.text[::-1].encode()))
    first = LANGUAGES[condition.language].index(condition.voice) * PER_CONDITION
    return [each for label in ("raise", "ordinary") for each in _turned(mixed, label, first)[:PER_CONDITION]]


def _turned(sentences: Sequence[Sentence], label: str, first: int) -> list[Sentence]:
    of = [each for each in sentences if each.label == label]
    return of[first % len(of) :] + of[: first % len(of)]


def _noisy(pcm: Pcm, ratio_db: float | None) -> Pcm:
    """White noise below the mean level of the speech; the same on every run."""
    if ratio_db is None:
        return pcm
    level = float(np.sqrt(np.mean(pcm.astype(np.float64) ** 2))) * 10 ** (-ratio_db / 20)
    noise = np.random.default_rng(len(pcm)).normal(0, level, len(pcm))
    return np.asarray((pcm + noise).clip(-32767, 32767), dtype=np.int16)


def _peer(flags: RedFlags) -> RedFlags:
    """Key-word spotting: the words of each sign's name, all of them, one after the other."""
    wordings = [
        Wording(sign.name, tuple(Step(frozenset({word}), 0) for word in words(called)))
        for sign in flags.listed.signs
        for called in sign.called.values()
    ]
    return RedFlags(RedFlagList(flags.signature, flags.listed.signs, wordings))


def _report(rows: Sequence[Row]) -> Report:
    """By language and noise, over all voices; and by voice without noise."""
    groups = {
        f"{language}, {part}": [
            row
            for row in rows
            if row[0].language == language and part in (row[0].noise, f"{row[0].voice} {row[0].noise}")
        ]
        for language in dict.fromkeys(condition.language for condition, _, _ in rows)
        for part in (*NOISES, *(f"{voice} clean" for voice in LANGUAGES[language]))
    }
    numbers = {}
    for name, group in groups.items():
        ours, peer = _both(group)
        key = name.replace(", ", "_").replace(" ", "")
        numbers[f"{key}_sensitivity"] = round(ours.sensitivity, 3)
        numbers[f"{key}_false_alarms"] = round(ours.false_alarm_rate, 3)
        numbers[f"{key}_peer_sensitivity"] = round(peer.sensitivity, 3)
    columns = ("language, noise", "spoken", "raised", "false alarms", "key words: raised", "false alarms")
    table = Table("red flags through G.711", columns, tuple(_line(name, group) for name, group in groups.items()))
    return Report(tables=(table,), figures=numbers)


def _both(group: Sequence[Row]) -> tuple[Figures, Figures]:
    """Ours, and the peer's."""
    ours = [each for _, outcomes, _ in group for each in outcomes]
    peers = [each for _, _, outcomes in group for each in outcomes]
    return figures(ours), figures(peers)


def _line(name: str, group: Sequence[Row]) -> tuple[str, ...]:
    ours, peer = _both(group)
    return (
        name,
        str(ours.dangers),
        f"{ours.sensitivity:.0%}",
        f"{ours.false_alarm_rate:.1%}",
        f"{peer.sensitivity:.0%}",
        f"{peer.false_alarm_rate:.1%}",
    )
