from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from ivr.menus.plan.model import ANSWERS
from ivr.services import Understood
from ivr.speech.meaning.intents import IntentModel
from ivr.speech.meaning.lexicon import load_lexicons
from ivr.speech.meaning.tables import BadTable
from ivr.speech.meaning.text import words
from tests.speech.sentences import SENTENCES

DIALPLANS = Path(__file__).parents[3] / "dialplans"
NEEDS = (
    "scheduling",
    "billing",
    "nurse",
    "refills",
    "referrals",
    "results",
    "new_patient",
    "hours",
    "records",
    "operator",
)
SPECIALTIES = ("primary_care", "cardiology", "orthopedics")

PLAN = yaml.load((DIALPLANS / "riverside.yaml").read_text(), yaml.CBaseLoader)["intents"] | {**ANSWERS}
PHRASES = {lang: {intent: said.get(lang, ()) for intent, said in PLAN.items()} for lang in ("en", "es")}
MODEL = IntentModel(PHRASES, load_lexicons(DIALPLANS / "lexicon.yaml"))


def understood(said: str, among: tuple[str, ...] = NEEDS, language: str = "en") -> str | None:
    return MODEL.intent(language, [said], among).intent


def misheard(sentence: str, language: str, rng: random.Random) -> str:
    """A quarter of the words lost or taken for others of the plan's, as a small recogniser does on a telephone."""
    vocabulary = sorted({w for said in PHRASES[language].values() for phrase in said for w in words(phrase)})
    heard = []
    for word in words(sentence):
        fate = rng.random()
        heard += [word] if fate > 0.25 else [rng.choice(vocabulary)] if fate > 0.1 else []
    return " ".join(heard)


@pytest.mark.parametrize(("language", "share_right"), [("en", 0.85), ("es", 0.9)])
def test_sentences_that_no_phrase_foresaw_are_understood(language: str, share_right: float) -> None:
    mine = [(intent, text) for lang, intent, text in SENTENCES if lang == language]
    right = sum(understood(text, language=language) == intent for intent, text in mine)
    assert right / len(mine) >= share_right


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_sure_is_right_even_when_words_are_misheard(language: str) -> None:
    rng = random.Random(7)
    mine = [(intent, text) for lang, intent, text in SENTENCES if lang == language for _ in range(10)]
    answers = [(intent, MODEL.intent(language, [misheard(text, language, rng)], NEEDS)) for intent, text in mine]
    sure = [answer.intent == intent for intent, answer in answers if answer.confidence >= 0.75]
    unsure = [answer.intent == intent for intent, answer in answers if answer.confidence < 0.4]
    assert sum(sure) / len(sure) > 0.85
    assert sum(unsure) / len(unsure) < 0.65
    assert len(sure) > len(answers) / 5


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("operator", "operator"),
        ("representative please", "operator"),
        ("I want to speak with a human being", "operator"),
        ("billing", "billing"),
        ("nurse", "nurse"),
        ("refill", "refills"),
        ("appointments", "scheduling"),
        ("I need to reschedule my appointment with cardiology", "scheduling"),
    ],
)
def test_single_words_and_plain_wishes(said: str, intent: str) -> None:
    answer = MODEL.intent("en", [said], NEEDS)
    assert (answer.intent, answer.confidence > 0.5) == (intent, True)


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("cardiology", "cardiology"),
        ("I need an appointment with cardiology", "cardiology"),
        ("the heart specialist", "cardiology"),
        ("it's about my shoulder", "orthopedics"),
        ("my family doctor", "primary_care"),
        ("I want to pay my bill", None),
    ],
)
def test_only_the_intents_that_were_asked_for_count(said: str, intent: str | None) -> None:
    assert understood(said, SPECIALTIES) == intent


@pytest.mark.parametrize(
    ("said", "intent"),
    [("yes", "yes"), ("yeah sure", "yes"), ("that's right", "yes"), ("no", "no"), ("no that's not right", "no")],
)
def test_yes_and_no_are_told_apart(said: str, intent: str) -> None:
    assert understood(said, ("yes", "no")) == intent


@pytest.mark.parametrize("said", ["", "um", "hello yes I", "xyzzy plugh", "[unk] [unk]"])
def test_nothing_speaks_in_fillers_noise_and_unknown_words(said: str) -> None:
    assert MODEL.intent("en", [said], NEEDS) == Understood(None, 0.0, ())


def test_evidence_is_the_callers_words_that_spoke_for_it() -> None:
    assert MODEL.intent("en", ["hello could I please pay my bill"], NEEDS).evidence == ("pay", "bill")


def test_later_readings_help_where_the_first_says_nothing() -> None:
    readings = ["I need a free fall", "I need a refill", "I need a refill"]
    assert MODEL.intent("en", readings, NEEDS).intent == "refills"


def test_the_first_reading_outweighs_the_second() -> None:
    assert MODEL.intent("en", ["pay my bill", "speak to a nurse"], NEEDS).intent == "billing"


@pytest.mark.parametrize(("language", "among"), [("de", NEEDS), ("en", ()), ("en", ("unheard_of",))])
def test_a_language_or_an_intent_without_phrases_is_never_understood(language: str, among: tuple[str, ...]) -> None:
    assert MODEL.intent(language, ["billing"], among) == Understood(None, 0.0, ())


@pytest.mark.parametrize(
    ("language", "said", "first", "also"),
    [
        ("en", "I need a refill and I have a bill question", "refills", ["billing"]),
        ("en", "an appointment, and my baby has a fever", "scheduling", ["nurse"]),
        ("en", "I want to change my appointment but also my insurance changed", "scheduling", ["billing"]),
        ("en", "I have a fever and a cough", "nurse", []),
        ("en", "I need to pay my bill and make a payment", "billing", []),
        ("es", "necesito una receta y tengo una pregunta sobre mi factura", "refills", ["billing"]),
        ("es", "una cita y mi bebé tiene fiebre", "scheduling", ["nurse"]),
        ("es", "mi esposo y yo queremos una cita", "scheduling", []),
    ],
)
def test_two_things_in_one_sentence_are_told_apart(language: str, said: str, first: str, also: list[str]) -> None:
    answer = MODEL.intent(language, [said], NEEDS)
    assert (answer.intent, [each.intent for each in answer.also]) == (first, also)


def test_no_readings_mean_nothing() -> None:
    assert MODEL.intent("en", [], NEEDS) == Understood(None, 0.0, ())


def test_the_same_phrases_make_the_same_model() -> None:
    again = IntentModel(PHRASES, load_lexicons(DIALPLANS / "lexicon.yaml"))
    said = [text for _, _, text in SENTENCES]
    assert [again.intent("en", [text], NEEDS) for text in said] == [MODEL.intent("en", [text], NEEDS) for text in said]


def test_phrases_alone_do_without_a_lexicon() -> None:
    model = IntentModel({"de": {"billing": ["rechnung bezahlen"], "nurse": ["krankenschwester"]}}, {})
    assert model.intent("de", ["ich möchte eine Rechnung bezahlen"], ("billing", "nurse")).intent == "billing"


def test_a_lexicon_lets_callers_use_other_words_than_the_plans(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.yaml"
    file.write_text("en: {fillers: [a], concepts: {bill: [bill, invoice, amount due], no: [no]}}")
    model = IntentModel({"en": {"billing": ["my bill"], "nurse": ["a nurse"]}}, load_lexicons(file))
    assert model.intent("en", ["an amount due"], ("billing", "nurse")).intent == "billing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("en: [a, b]", "1:5: language 'en' must be a mapping"),
        ("en:\n  fillers: um\n  concept: {}", "2:12: the fillers must be a list"),
        ("en:\n  concept: {}", "2:12: 'concept' is unknown here"),
        ("en:\n  concepts:\n    a: [x]\n    a: [y]", "4:5: 'a' is there twice"),
        ("en: {concepts: {a: [[x]]}}", "1:21: each of the words of 'a' must be a text"),
        ("en: {\n", "2:1: did not find"),
        ("", "empty"),
    ],
)
def test_a_broken_lexicon_is_refused_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "lexicon.yaml"
    file.write_text(text)
    with pytest.raises(BadTable) as failure:
        load_lexicons(file)
    assert message in str(failure.value)
    assert str(failure.value).startswith(str(file))
