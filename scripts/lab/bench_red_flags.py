"""How many callers in danger are heard: red flags through G.711 by several synthetic voices, clean and in noise.

Each sentence goes through the product's own recogniser with the shipped plan: every partial result is looked at, 100 ms
apart, then all readings. It is done as fast as the machine can, so a busy one changes nothing; where a turn ends
is left out. The sentences are the held-out half of the typed set, for which no wording was written.

Beside our list stands the peer that any practice could build in an afternoon: the same recogniser, and a search for the
words of each sign's name.
"""

import asyncio
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.edition import phrases_heard, understanding_of
from ivr.menus import load as plans
from ivr.red_flag_trial import Outcome, figures, read
from ivr.sentences import Sentence
from ivr.speech.ears import STABLE_PARTIALS
from ivr.speech.models import recognizer_of
from ivr.speech.recognizer import Recognizer
from ivr.speech.red_flags import RedFlagList, RedFlags, Step, Wording
from ivr.speech.text import words
from ivr.speech.worker import SLICE_BYTES, load
from lab.demo import PLAN
from lab.g711 import ULAW
from lab.report import Report, Table
from lab.sound import Pcm
from lab.terminal import say
from lab.voices import LANGUAGES, speak_as

HELD_OUT = Path(__file__).resolve().parents[2] / "tests" / "speech" / "danger" / "held_out.tsv"
SPANISH = Path(__file__).resolve().parents[3] / "shared" / "models" / "pocketsphinx-es"
NOISES = {"clean": None, "25 dB": 25.0, "15 dB": 15.0, "10 dB": 10.0}
PER_CONDITION = int(os.environ.get("CARELINE_BENCH_SENTENCES", "24"))  # of each label, voice and noise


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


async def run() -> Report:
    return await asyncio.to_thread(_run)


def _run() -> Report:
    plan = plans.load(PLAN)
    understanding = understanding_of(plan, PLAN)
    ours, peer = understanding.red_flags, _peer(understanding.red_flags)
    rows: list[tuple[Condition, Sequence[Outcome], Sequence[Outcome]]] = []
    with tempfile.TemporaryDirectory() as folder:
        ears = recognizers(phrases_heard(plan, understanding), Path(folder))
        for condition in _conditions(ears):
            say(f"{condition.language}, {condition.voice}, {condition.noise} ...")
            recognizer = ears[condition.language]
            heard = [_heard(recognizer, each, condition) for each in _sentences(condition.language)]
            rows.append((condition, [_looked(ours, each) for each in heard], [_looked(peer, each) for each in heard]))
    return _report(rows)


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


def _sentences(language: str) -> list[Sentence]:
    """Evenly of both labels, and the same ones for every voice."""
    every = [each for each in read(HELD_OUT, ("en", "es")) if each.language == language]
    mixed = sorted(every, key=lambda each: zlib.crc32(each.text[::-1].encode()))
    return [each for label in ("raise", "ordinary") for each in [m for m in mixed if m.label == label][:PER_CONDITION]]


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


def _report(rows: Sequence[tuple[Condition, Sequence[Outcome], Sequence[Outcome]]]) -> Report:
    table, numbers = [], {}
    for language in dict.fromkeys(condition.language for condition, _, _ in rows):
        for noise in NOISES:
            of = [
                (ours, peer)
                for condition, ours, peer in rows
                if (condition.language, condition.noise) == (language, noise)
            ]
            ours = figures([outcome for each, _ in of for outcome in each])
            peer = figures([outcome for _, each in of for outcome in each])
            key = f"{language}_{noise.replace(' ', '')}"
            numbers[f"{key}_sensitivity"] = round(ours.sensitivity, 3)
            numbers[f"{key}_false_alarms"] = round(ours.false_alarm_rate, 3)
            numbers[f"{key}_peer_sensitivity"] = round(peer.sensitivity, 3)
            table.append(
                (
                    f"{language}, {noise}",
                    str(ours.dangers),
                    f"{ours.sensitivity:.0%}",
                    f"{ours.false_alarm_rate:.1%}",
                    f"{peer.sensitivity:.0%}",
                    f"{peer.false_alarm_rate:.1%}",
                )
            )
    columns = ("language, noise", "spoken", "raised", "false alarms", "key words: raised", "false alarms")
    return Report(tables=(Table("red flags through G.711", columns, tuple(table)),), figures=numbers)
