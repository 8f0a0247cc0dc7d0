from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ivr.services import RedFlag
from ivr.speech.meaning.red_flag_list import load_red_flags
from ivr.speech.meaning.red_flags import RedFlags, Sign, Signature
from ivr.speech.meaning.tables import BadTable
from ivr.speech.meaning.text import words
from tests.speech.sentences import SENTENCES

SHIPPED = load_red_flags(Path(__file__).parents[3] / "dialplans" / "red_flags.yaml")

DANGER = Path(__file__).parents[1] / "danger"
KINDS = ("raise", "ordinary")

DANGERS = {
    "not breathing": (
        "the baby is not breathing",
        "he stopped breathing a minute ago",
        "my wife isn't breathing",
        "her heart stopped",
        "mi papá no respira",
        "dejó de respirar",
    ),
    "choking": ("my son is choking", "there is a bone stuck in his throat", "se está ahogando", "se atragantó con pan"),
    "trouble breathing": (
        "I can't breathe",
        "I can not really breathe",
        "he cannot breath",
        "cant breed",
        "I'm having trouble breathing",
        "it is very hard to breathe",
        "she's short of breath",
        "shortness of breath since this morning",
        "I can't catch my breath",
        "I can't get enough air",
        "no puedo respirar",
        "me cuesta mucho respirar",
        "me falta el aire",
        "tiene dificultad para respirar",
    ),
    "chest pain": (
        "I have chest pain",
        "chest pains",
        "my chest really hurts",
        "my chest is feeling really tight",
        "there is a pain in the left side of my chest",
        "a lot of pressure on my chest",
        "I have just pain",
        "tightness in my chest",
        "my mother says it hurts in her chest",
        "no chest pain now but yesterday",
        "me duele el pecho",
        "tengo un dolor muy fuerte en el pecho",
        "siento una presión en medio del pecho",
        "tengo el pecho apretado",
    ),
    "heart attack": (
        "I think I'm having a heart attack",
        "my husband had a hard attack",
        "my heart is pounding",
        "creo que es un infarto",
        "le está dando un ataque al corazón",
    ),
    "stroke": (
        "I think she is having a stroke",
        "one side of his face is drooping",
        "his face is numb",
        "I can't move my left arm",
        "her speech is slurred and slurring words",
        "he can't talk",
        "my arm suddenly went weak",
        "se le torció la boca",
        "tiene un derrame",
        "mi mamá no puede hablar",
        "no puede mover el brazo",
        "I think it's heat stroke",
    ),
    "unconscious": (
        "my mother passed out",
        "my dad past out in the kitchen",
        "he won't wake up",
        "she is unconscious",
        "I fainted twice",
        "he collapsed",
        "se desmayó mi abuela",
        "está inconsciente",
        "mi hijo no despierta",
        "él no responde",
    ),
    "blue skin": ("my baby is blue", "the baby is turning blue", "her lips are blue", "el bebé se está poniendo azul"),
    "newborn fever": ("my newborn has a fever", "my three week old has a fever", "mi recién nacido tiene fiebre"),
    "heavy bleeding": (
        "I'm bleeding really badly",
        "the bleeding won't stop",
        "I can't stop the bleeding",
        "there's blood everywhere",
        "he lost a lot of blood",
        "está sangrando mucho",
        "no para de sangrar",
        "vomita mucha sangre",
        "I'm pregnant and I'm bleeding",
        "I'm bleeding and I am eight weeks pregnant",
    ),
    "blood": ("he's coughing up blood", "she is vomiting blood"),
    "pregnancy": ("estoy embarazada y tengo sangrado",),
    "labor": ("my water broke", "se me rompió la fuente"),
    "baby not moving": ("the baby hasn't moved since yesterday",),
    "seizure": ("my son is having a seizure", "she just had a seizure", "he is convulsing", "tiene convulsiones"),
    "overdose": (
        "my friend overdosed",
        "she took too many pills",
        "I took too much insulin",
        "se tomó demasiadas pastillas",
        "una sobredosis",
    ),
    "poison": ("my toddler swallowed a battery", "he drank bleach", "mi niño tomó cloro"),
    "allergic reaction": (
        "she's having a bad allergic reaction",
        "his throat is closing up",
        "I used my EpiPen",
        "se le está cerrando la garganta",
        "una reacción alérgica",
    ),
    "swelling": ("my tongue is swelling", "my face is all swollen", "tiene la lengua hinchada"),
    "suicide": (
        "I want to kill myself",
        "I'm feeling suicidal",
        "I don't want to live anymore",
        "I want to die",
        "I'd be better off dead",
        "me quiero matar",
        "ya no quiero vivir",
        "mi hijo quiere quitarse la vida",
    ),
    "self-harm": ("he says he is going to hurt himself",),
    "violence": ("I'm going to kill him", "mi esposo me pegó"),
    "severe burn": (
        "he burned his face",
        "she has a severe burn",
        "boiling water fell on him",
        "se quemó mucho la mano",
    ),
    "electric shock": ("he got an electric shock", "le dio la corriente"),
    "drowning": ("my son almost drowned", "se cayó a la piscina"),
    "head injury": ("my son fell and hit his head", "se golpeó la cabeza"),
    "serious injury": ("I've been shot", "mi abuelo se cayó y no se puede levantar"),
    "fall": ("my mother fell and she can't get up",),
    "worst headache": ("this is the worst headache of my life", "el peor dolor de cabeza de mi vida"),
    "meningitis": ("he has a fever and a stiff neck", "tiene fiebre y el cuello tieso"),
    "sepsis": ("she has a high fever and is confused", "tiene fiebre y está confundido"),
    "low sugar": ("my blood sugar is very low", "tiene el azúcar muy baja"),
    "high sugar": ("my blood sugar is five hundred", "tengo el azúcar en quinientos"),
    "severe belly pain": ("I have severe stomach pain", "tengo un dolor horrible en el estómago"),
    "severe pain": ("the pain is unbearable", "no aguanto el dolor"),
    "testicle pain": ("my testicle hurts", "me duele un testículo"),
    "vision loss": ("suddenly I lost my vision",),
    "eye injury": ("I got bleach in my eye", "le cayó cloro en el ojo"),
    "heat stroke": ("tiene un golpe de calor",),
    "cold injury": ("she has frostbite", "tiene hipotermia"),
    "confusion": ("my mother is suddenly confused", "mi mamá está confundida"),
    "blood clot": ("I think I have a blood clot", "tengo un coágulo en la pierna"),
    "numb below": ("I can't pee", "no puedo orinar"),
    "bite": ("I got bit by a snake", "me mordió un perro"),
    "sick baby": ("my baby won't eat", "mi bebé no quiere comer"),
    "blood pressure": ("my blood pressure is two hundred", "tengo la presión en doscientos"),
    "emergency": (
        "emergency",
        "this is an emergency",
        "it's an emergency",
        "I need an ambulance",
        "I think I'm dying",
        "it's a real emergency",
        "emergencia",
        "es una emergencia",
        "necesito una ambulancia",
    ),
}

ORDINARY = (
    "I have a pain management appointment",
    "my breathing test results",
    "I'm calling about my chest x-ray results",
    "I need an appointment with the heart doctor",
    "my blood pressure was high and they ordered a chest x-ray",
    "I need a refill on my heart medicine and my blood pressure pills",
    "my knee hurts when I walk",
    "I have had back pain for two weeks",
    "my daughter has Blue Cross insurance",
    "my son has Blue Shield",
    "I got a flu shot last week",
    "can my baby get her shots",
    "I need a refill on my seizure medication",
    "I need an EpiPen refill",
    "I have poison ivy",
    "I got a bill for the ambulance",
    "I want to update my emergency contact",
    "I need a follow up after the emergency room",
    "I can't go on Tuesday",
    "can you run over my bill with me",
    "my mother is confused about her bill",
    "I lost my blood pressure pills",
    "I need my blood work results",
    "the test was not right",
    "I can't come to my stroke clinic appointment",
    "I'd like to talk about my asthma inhaler",
    "do you have allergy shots",
    "I burned my finger a little",
    "I have a headache and a cold",
    "you are not responding to my messages",
    "the nurse said to call if the swelling in my ankle got worse",
    "I'm taking my life insurance form to the doctor",
    "I need to see a doctor for my carpal tunnel, my fingers hurt",
    "I'd like an appointment for my pregnant wife",
    "can I move my arm appointment to Monday",
    "it took too much time on hold",
    "I have a stiff neck",
    "I can't read the letter you sent me",
    "are you open on labor day",
    "my child is sick",
    "I feel dizzy and weak",
    "tengo una cita de control del dolor",
    "los resultados de la radiografía del pecho",
    "necesito las pastillas para la presión y el corazón",
    "quiero una cita con el doctor del corazón",
    "mi hija tiene seguro de la Cruz Azul",
    "el doctor no responde mis mensajes",
    "me duele la rodilla",
    "tengo dolor de espalda",
    "no puedo ir el martes",
    "me sacaron sangre ayer",
    "estoy embarazada y quiero una cita",
    "tomo muchas medicinas y necesito una receta",
    "la enfermera me dijo que llamara",
    "tengo la presión alta",
    "mi hija tiene fiebre y vomita",
    "cambiar mi contacto de emergencia",
    "I would like to make an appointment with doctor Smith",
    "can I schedule a physical for next week",
    "I'm a new patient and I need to see a doctor",
    "I want to reschedule my appointment with cardiology",
    "can I move my appointment to next Tuesday",
    "I need to change the time of my appointment",
    "please cancel my visit for tomorrow morning",
    "I won't be coming in on Monday so please cancel it",
    "I need to refill my blood pressure medication",
    "I'm running out of my insulin",
    "can you send my prescription to the pharmacy on Main Street",
    "I got charged twice for the same visit",
    "I had a blood test last week and I want to know the results",
    "my son has a fever and a rash",
    "I've had a cough for two weeks and it's getting worse",
    "did you send the referral to the specialist",
    "I need a prior authorization for an MRI",
    "please fax my records to another doctor",
    "what time do you close today",
    "I want to talk to a real person",
    "operator",
    "quiero cambiar mi cita para el martes",
    "necesito resurtir mi medicina para la presión",
    "llamo para saber los resultados de mis análisis",
    "a qué hora cierran hoy",
    "quiero hablar con una persona",
    *(text for _, _, text in SENTENCES),
)


@pytest.mark.parametrize(("sign", "said"), [(sign, said) for sign, all_said in DANGERS.items() for said in all_said])
def test_a_sign_of_danger_raises(sign: str, said: str) -> None:
    flag = SHIPPED.find([said])
    assert flag
    assert flag.sign == sign


@pytest.mark.parametrize("said", ORDINARY)
def test_an_ordinary_wish_raises_nothing(said: str) -> None:
    assert SHIPPED.find([said]) is None


def test_every_sign_of_the_list_is_tried_here() -> None:
    assert set(SHIPPED.signs) == set(DANGERS)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_sign_has_examples_for_the_recogniser_to_learn(language: str) -> None:
    assert {sign for text in SHIPPED.examples[language] for sign in SHIPPED.signs_in(text)} == set(SHIPPED.signs)


def test_partial_results_raise_as_soon_as_the_words_are_there() -> None:
    partials = ["my", "my father", "my father has", "my father has chest", "my father has chest pain and cannot"]
    assert [bool(SHIPPED.find([partial])) for partial in partials] == [False, False, False, False, True]


def test_the_evidence_is_the_callers_words() -> None:
    assert SHIPPED.find(["My chest really hurts!"]) == RedFlag("chest pain", ("chest", "hurts"))


def test_any_reading_raises() -> None:
    assert SHIPPED.find(["my father has test bane", "my father has chest pain"]) == RedFlag(
        "chest pain", ("chest", "pain")
    )


def test_the_gravest_sign_of_a_reading_is_told() -> None:
    flag = SHIPPED.find(["my head, I fell and hit my head, and she is not breathing"])
    assert flag == RedFlag("not breathing", ("not", "breathing"))


@pytest.mark.parametrize("readings", [[], [""], ["[unk]"], ["...", "+++"]])
def test_nothing_said_raises_nothing(readings: list[str]) -> None:
    assert SHIPPED.find(readings) is None


def test_the_shipped_list_is_signed_by_nobody_yet() -> None:
    assert SHIPPED.signature.is_example


# ---- the file --------------------------------------------------------------------------------------------------------

SIGNED = 'signed: {by: "Dr. A. Example, MD", date: 2026-01-31, version: 3}\n'


def test_the_signature_is_read(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(SIGNED + "signs: {fire: {en: [fire]}}")
    flags = load_red_flags(tmp_path / "r.yaml")
    assert flags.signature == Signature("Dr. A. Example, MD", dt.date(2026, 1, 31), "3")
    assert not flags.signature.is_example


@pytest.mark.parametrize(
    ("wording", "said", "raises"),
    [
        ("red apple", "red and juicy apple", True),
        ("red apple", "red and very juicy apple", False),
        ("red apple", "apple red", False),
        ("red ... apple", "red a b c d e f g apple", True),
        ("red ... apple", "red a b c d e f g h apple", False),
        ("red+apple", "a red apple", True),
        ("red+apple", "red green apple", False),
        ("= red", "red", True),
        ("= red apple", "Red apple!", True),
        ("= red apple", "a red apple", False),
        ("= red", "red red", False),
        ("red/green+FRUIT", "green pear", True),
        ("can't+go", "I can't go", True),
        ("red apple pear", "red red a apple b c pear", True),
        ("red apple+pear", "red apple apple pear", True),
    ],
)
def test_wordings_say_what_may_stand_between(tmp_path: Path, wording: str, said: str, raises: bool) -> None:
    (tmp_path / "r.yaml").write_text(
        f"{SIGNED}words: {{en: {{FRUIT: [apple, pear]}}}}\nsigns:\n  s:\n    en:\n      - {wording}\n"
    )
    assert bool(load_red_flags(tmp_path / "r.yaml").find([said])) == raises


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("signs: {}", ["1:1: 'signed' is missing"]),
        (SIGNED, ["1:1: 'signs' is missing"]),
        ("signed: {by: X}\nsigns: {s: {en: [a]}}", ["1:9: 'date' is missing", "1:9: 'version' is missing"]),
        (SIGNED.replace("2026-01-31", "31 January") + "signs: {}", ["1:9: date '31 January' is no date"]),
        (SIGNED + "signs: {s: {en: a wording}}", ["2:17: the wordings of 's' must be a list"]),
        (SIGNED + "signs: {s: {en: [PIAN chest, '...']}}", ["2:18: PIAN is no set", "2:30: '...' of 's' has no words"]),
        (
            SIGNED + "words: {en: {PAIN: [pain]}}\nsigns: {s: {en: [PIAN]}}",
            ["3:18: PIAN is no set of words in this language; did you mean PAIN?"],
        ),
        (SIGNED + "signs: {s: {en: [a]}, s: {en: [b]}}", ["2:23: 's' is there twice in 'signs'"]),
        (SIGNED + "signs: [", ["3:1: "]),
        (SIGNED + "signs: {}\nsings: {}", ["3:8: 'sings' is unknown"]),
        (
            SIGNED + "signs: {s: {en: [red]}}\nexamples:\n  s: {en: [all red, all blue]}",
            ["4:11: 'all blue' raises no 's': add a wording that finds it"],
        ),
    ],
)
def test_a_broken_list_is_refused_with_every_place(tmp_path: Path, text: str, messages: list[str]) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(text + "\n")
    with pytest.raises(BadTable) as failure:
        load_red_flags(file)
    lines = str(failure.value).splitlines()
    assert len(lines) == len(messages)
    for line, message in zip(lines, messages, strict=True):
        assert line.startswith(f"{file}:{message}")


def test_a_missing_list_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="No such file"):
        load_red_flags(tmp_path / "none.yaml")


def test_every_wording_of_the_list_can_be_said() -> None:
    for wording in SHIPPED.listed.wordings:
        said = " ".join(min((*step.words, *step.beginnings)) for step in wording.steps)
        assert words(said) == tuple(said.split())


# ---- what it does ----------------------------------------------------------------------------------------------------


def test_words_in_any_order(tmp_path: Path) -> None:
    flags = _list(tmp_path, "signs: {s: {en: [chest & hurt*]}}")
    assert [bool(flags.find([said])) for said in ("my chest really hurts", "it hurts in my chest", "my chest")] == [
        True,
        True,
        False,
    ]


def test_a_number_within_bounds(tmp_path: Path) -> None:
    flags = _list(tmp_path, "signs: {s: {en: [pressure ... 180-260]}}")
    assert [bool(flags.find([f"my pressure is {number}"])) for number in (179, 180, 260, 261)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("said", "raises"), [("siezure", True), ("seizur", True), ("leizure", False), ("seize", False)]
)
def test_a_long_word_may_have_one_wrong_letter_but_the_first(tmp_path: Path, said: str, raises: bool) -> None:
    assert bool(_list(tmp_path, "signs: {s: {en: [seizure]}}").find([said])) == raises


def test_fillers_count_for_nothing(tmp_path: Path) -> None:
    flags = _list(tmp_path, "skip: {en: [um, god]}\nsigns: {s: {en: [cant+breathe]}}")
    assert flags.find(["I can't um, oh god, breathe"]) is None
    assert flags.find(["I can't um god breathe"])


def test_an_ordinary_phrase_takes_its_words_from_a_sign_and_no_others(tmp_path: Path) -> None:
    flags = _list(tmp_path, "ordinary: {en: [bill ... heart+attack]}\nsigns: {s: {en: [heart+attack]}}")
    assert flags.find(["my bill for the heart attack"]) is None
    assert flags.find(["my bill for the heart attack, and now a heart attack again"])


def test_a_sign_that_says_more_than_an_ordinary_phrase_raises(tmp_path: Path) -> None:
    flags = _list(tmp_path, "ordinary: {en: [blood+pressure]}\nsigns: {s: {en: [blood+pressure+250]}}")
    assert flags.find(["blood pressure 250"])


def test_a_sign_has_a_name_in_each_language_and_may_be_a_crisis(tmp_path: Path) -> None:
    flags = _list(tmp_path, "signs: {harm: {called: {es: daño}, crisis: yes, en: [harm]}}")
    assert flags.signs["harm"] == Sign("harm", {"en": "harm", "es": "daño"}, crisis=True)
    assert flags.find(["harm"]) == RedFlag("harm", ("harm",), crisis=True)


# ---- strangers' sentences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", ["seen", "held_out"])
def test_nearly_every_danger_is_found_and_hardly_anything_else(half: str) -> None:
    rows = [line.split("\t") for line in (DANGER / f"{half}.tsv").read_text("utf-8").splitlines()]
    raised = {label: [bool(SHIPPED.find([text])) for row, text, *_ in rows if row == label] for label in KINDS}
    assert len(raised["raise"]) > 300
    assert sum(raised["raise"]) / len(raised["raise"]) >= 0.99
    assert sum(raised["ordinary"]) / len(raised["ordinary"]) <= 0.02


def _list(folder: Path, text: str) -> RedFlags:
    (folder / "list.yaml").write_text(f"{SIGNED}{text}\n", "utf-8")
    return load_red_flags(folder / "list.yaml")
