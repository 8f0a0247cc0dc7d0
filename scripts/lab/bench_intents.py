"""How well callers' words are understood: typed, and spoken by several synthetic voices through G.711.

Typed: the held-out half of the product's own sentences, on which nothing was tuned. Spoken: the recordings beside the
repository where they are there, else some of the same sentences synthesised here; each through the product's own
recogniser with the shipped plan, as fast as the machine can, so a busy one changes nothing.

Beside our classifier stands the peer that any practice could build in an afternoon: plain key words for each intent.
"""

import asyncio
import csv
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ivr.edition import phrases_heard, understanding_of
from ivr.intent_trial import DANGER, NONE, IntentTrial, Outcome, accuracy, coverage, shares
from ivr.intent_trial import read as read_trial
from ivr.menus.reading import load as plans
from ivr.menus.reading.load import LEXICON
from ivr.menus.words.wording import learned_of
from ivr.sentences import Sentence
from ivr.speech.hearing.recognizer import Recognizer
from ivr.speech.hearing.worker import SLICE_BYTES
from ivr.speech.meaning.intents import IntentModel
from ivr.speech.meaning.lexicon import load_lexicons
from ivr.speech.meaning.text import words
from ivr.speech.sound import wav
from lab.bench_red_flags import recognizers
from lab.demo import PLAN
from lab.g711 import ULAW
from lab.report import Report, Table
from lab.sound import Pcm
from lab.terminal import say
from lab.voices import LANGUAGES, speak_as

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = ROOT / "tests" / "speech" / "intents" / "held_out.tsv"
RECORDINGS = ROOT.parent / "shared" / "speech" / "transcripts.tsv"
FOREIGN = {
    **dict.fromkeys(("book", "cancel", "reschedule"), "scheduling"),
    "emergency": DANGER,
    "referral": "referrals",
    "refill": "refills",
}
"""The recordings' labels, as the shipped plan's intents."""
EVERY = int(os.environ.get("CARELINE_BENCH_EVERY", "8"))  # of the typed sentences, where there are no recordings

KEY_WORDS: Mapping[str, Sequence[str]] = {
    "scheduling": (
        "appointment",
        "schedule",
        "reschedule",
        "cancel",
        "visit",
        "cita",
        "agendar",
        "cancelar",
        "consulta",
    ),
    "billing": ("bill", "billing", "pay", "payment", "insurance", "charge", "factura", "pagar", "seguro", "cobro"),
    "nurse": ("nurse", "fever", "pain", "sick", "rash", "hurts", "enfermera", "fiebre", "dolor", "duele", "mal"),
    "refills": (
        "refill",
        "prescription",
        "medicine",
        "pharmacy",
        "pills",
        "receta",
        "medicina",
        "farmacia",
        "pastillas",
    ),
    "referrals": ("referral", "refer", "specialist", "authorization", "referido", "referencia", "especialista"),
    "results": ("results", "test", "lab", "blood", "resultados", "análisis", "prueba", "laboratorio"),
    "new_patient": ("new", "register", "nuevo", "nueva", "registrar"),
    "hours": ("hours", "open", "close", "located", "address", "horario", "abren", "cierran", "dirección", "ubicados"),
    "records": ("records", "form", "forms", "note", "expediente", "formulario", "carta", "justificante"),
    "operator": ("operator", "person", "representative", "receptionist", "operadora", "persona", "recepcionista"),
}
"""The peer: the intent with the most of its words; none where none is said."""


@dataclass(frozen=True, slots=True)
class Tried:
    ours: Outcome
    peer: str

    @property
    def peer_is_right(self) -> bool:
        return self.peer == self.ours.sentence.label


async def run() -> Report:
    return await asyncio.to_thread(_run)


def _run() -> Report:
    plan = plans.load(PLAN)
    trial = IntentTrial(plan, plan.start, understanding_of(plan, PLAN), datetime.now(UTC).date())
    typed = [_tried(trial, each, (each.text,), 1.0) for each in read_trial(HELD_OUT, plan, plan.start, {})]
    with tempfile.TemporaryDirectory() as folder:
        ears = recognizers(phrases_heard(plan, trial.understanding), Path(folder))
        spoken = [
            _spoken(trial, ears[each.language], each, pcm) for each, pcm in _speech(trial) if each.language in ears
        ]
    return _report({"typed": typed, "spoken": spoken}, _training_seconds())


def _training_seconds() -> float:
    """Of the processor, for both languages: what else the machine does is left out."""
    plan, lexicons = plans.load(PLAN), load_lexicons(PLAN.with_name(LEXICON))
    began = time.process_time()
    IntentModel(learned_of(plan), lexicons)
    return time.process_time() - began


def _speech(trial: IntentTrial) -> Iterator[tuple[Sentence, Pcm]]:
    if RECORDINGS.is_file():
        with RECORDINGS.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        for row in rows:
            label = FOREIGN.get(row["intent"], row["intent"])
            yield Sentence(label, row["text"], language=row["file"][:2]), wav.read(RECORDINGS.parent / row["file"])
        return
    for each in read_trial(HELD_OUT, trial.plan, trial.menu, {})[::EVERY]:
        for voice in LANGUAGES[each.language]:
            yield each, ULAW.decode(ULAW.encode(speak_as(each.text, each.language, voice)))


def _spoken(trial: IntentTrial, recognizer: Recognizer, sentence: Sentence, pcm: Pcm) -> Tried:
    utterance, line = recognizer.begin(None), pcm.astype("<i2").tobytes()
    for at in range(0, len(line), SLICE_BYTES):
        utterance.take(line[at : at + SLICE_BYTES])
    readings = utterance.final()
    if len(readings) == 0:
        return Tried(Outcome(sentence), NONE)
    return _tried(trial, sentence, tuple(each.text for each in readings), readings[0].confidence)


def _tried(trial: IntentTrial, sentence: Sentence, readings: tuple[str, ...], confidence: float) -> Tried:
    return Tried(trial.understood(sentence, readings, confidence), _by_key_words(readings[0]))


def _by_key_words(text: str) -> str:
    said = words(text)
    found = {intent: sum(said.count(word) for key in keys for word in words(key)) for intent, keys in KEY_WORDS.items()}
    best = max(found, key=lambda intent: found[intent])
    return best if found[best] else NONE


def _report(tried: Mapping[str, Sequence[Tried]], training_seconds: float) -> Report:
    rows, numbers = [], {"training_seconds": round(training_seconds, 2)}
    for how, every in tried.items():
        for language in dict.fromkeys(each.ours.sentence.language for each in every):
            mine = [each for each in every if each.ours.sentence.language == language]
            ours = [each.ours for each in mine]
            raised = [each for each in ours if each.intent == DANGER]
            best, routed = coverage(ours), shares([each for each in ours if each not in raised])["route"]
            in_vain = sum(not each.is_right for each in raised) / len(mine)
            peer = sum(each.peer_is_right for each in mine) / len(mine)
            figures = (accuracy(ours), best.share, routed.share, routed.error, in_vain, peer)
            names = ("accuracy", "coverage", "routed", "routed_wrong", "flags_in_vain", "peer_accuracy")
            numbers |= {
                f"{how}_{language}_{name}": round(figure, 3) for name, figure in zip(names, figures, strict=True)
            }
            rows.append((f"{how}, {language}", str(len(mine)), *(f"{figure:.0%}" for figure in figures)))
    say(f"training both languages takes {training_seconds:.2f} s of one core")
    columns = (
        "",
        "sentences",
        "right",
        "coverage at 5 %",
        "routed",
        "of it wrong",
        "red flags in vain",
        "key words: right",
    )
    return Report(tables=(Table("what callers' words mean", columns, tuple(rows)),), figures=numbers)
