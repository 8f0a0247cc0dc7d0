"""Names that stand for nothing are found, with the likely name."""

from __future__ import annotations

import pytest

from ivr.menus.checking.check import names_of, references
from tests.menus.plans import small


def told(*replacements: tuple[str, str]) -> list[str]:
    plan = small(*replacements)
    return [finding.text for finding in references(plan, names_of(plan))]


def test_a_plan_whose_names_all_exist_is_right() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("start: main\n", "start: maim\n", "'start' is 'maim', which is not a menu; did you mean 'main'?"),
        (
            "operator: {queue: desk",
            "operator: {queue: dusk",
            "'queue' of 'operator' is 'dusk', which is not a queue; did you mean 'desk'?",
        ),
        (
            "urgent: {queue: nurse",
            "urgent: {queue: nurses",
            "'queue' of 'urgent' is 'nurses', which is not a queue; did you mean 'nurse'?",
        ),
        (
            "intent: operator}",
            "intent: human}",
            "'intent' of 'operator' names 'human', which is not an intent",
        ),
        (
            "{start: main, site",
            "{start: xyz, site",
            "'start' of number '+16175550100' is 'xyz', which is not a menu",
        ),
        (
            "go: office",
            "go: ofice",
            "choice '1' of menu 'main' goes to 'ofice', which is not a menu; did you mean 'office'?",
        ),
        ("voicemail desk}\n", "voicemail d}\n", "choice '3' of menu 'main' goes to 'd', which is not a voicemail box"),
        (
            "queue desk}",
            "queue dsk}",
            "choice '1' of menu 'office' goes to 'dsk', which is not a queue; did you mean 'desk'?",
        ),
        ("ask: how", "ask: hwo", "'ask' of menu 'main' names 'hwo', which is not a prompt; did you mean 'how'?"),
        (
            "say: hours",
            "say: hour",
            "'say' of choice '4' of menu 'main' names 'hour', which is not a prompt; did you mean 'hours'?",
        ),
        (
            "intent: heart",
            "intent: hart",
            "'intent' of choice '1' of menu 'office' names 'hart', which is not an intent; did you mean 'heart'?",
        ),
        (
            "intent: spanish",
            "intent: x",
            "'intent' of language key '9' of menu 'main' names 'x', which is not an intent",
        ),
        (
            "unclear: queue nurse",
            "unclear: queue nurs",
            "'unclear' of menu 'office' names 'nurs', which is not a queue; did you mean 'nurse'?",
        ),
        (
            "unclear: queue nurse",
            "unclear: voicemail desk",
            "'unclear' of menu 'office' must lead to a person: write 'queue NAME', not 'voicemail desk'",
        ),
        (
            "to: voicemail desk",
            "to: goodbye",
            (
                "'to' of overflow 1 of queue 'desk' must be 'queue NAME', 'voicemail NAME' or a menu's name, "
                "not 'goodbye'"
            ),
        ),
        ("desk: {}", "desk: {greeting: x}", "'greeting' of voicemail box 'desk' names 'x', which is not a prompt"),
        (
            "how: {en: How can we help?, es: ¿En qué podemos ayudarle?}",
            "how: {en: How?}",
            "prompt 'how' has no text in 'es', a language of the practice",
        ),
        (
            "{en: for a bill, es: para una factura}",
            "{en: for a bill}",
            "choice '1' of menu 'more' has no name in 'es', a language of the practice",
        ),
        ("es: [factura]", "es: []", "intent 'bill' has no phrases in 'es', a language of the practice"),
        (
            "  bill:",
            '  "yes": {en: [a], es: [b]}\n  bill:',
            "intent 'yes' is known to every plan: give yours another name",
        ),
        (
            "to: voicemail desk",
            "offer: queue dsk",
            "overflow 1 of queue 'desk' offers 'dsk', which is not a queue; did you mean 'desk'?",
        ),
        (
            "to: voicemail desk",
            "offer: goodbye",
            "'offer' of overflow 1 of queue 'desk' must be 'callback', 'voicemail NAME' or 'queue NAME', not 'goodbye'",
        ),
        (
            "clinical: yes",
            "refuse: {when: {length: 3}, to: queue dusk}",
            "refusal 1 of queue 'nurse' goes to 'dusk', which is not a queue; did you mean 'desk'?",
        ),
        (
            "clinical: yes",
            "exits: {1: goodbye}",
            (
                "'to' of exit '1' of queue 'nurse' must be 'callback', 'voicemail NAME', 'queue NAME' or a menu's name,"
                " not 'goodbye'"
            ),
        ),
        (
            "clinical: yes",
            "exits: {1: {to: ofice, name: {en: a, es: b}}}",
            "exit '1' of queue 'nurse' goes to 'ofice', which is not a menu; did you mean 'office'?",
        ),
        (
            "clinical: yes",
            "exits: {2: {to: voicemail desk, intent: bil}}",
            "'intent' of exit '2' of queue 'nurse' names 'bil', which is not an intent; did you mean 'bill'?",
        ),
        (
            "clinical: yes",
            "exits: {2: {to: queue desk, name: {en: to the desk}}}",
            "exit '2' of queue 'nurse' has no name in 'es', a language of the practice",
        ),
        (
            "clinical: yes",
            "alert: {name: x, when: {length: 3}, ladder: {who: [ana, ema]}}",
            (
                "item 2 of 'who' of rung 1 of alert 1 of queue 'nurse' names 'ema', which is not a person or a rota; "
                "did you mean 'emma'?"
            ),
        ),
        (
            "people:\n",
            'rotas: {r: {shifts: {from: "08:00", to: "08:00", who: [ana, ema]}}}\npeople:\n',
            "item 2 of 'who' of shift 1 of rota 'r' names 'ema', which is not a person; did you mean 'emma'?",
        ),
        (
            "people:\n",
            "sites: {downtown: [uptowm], uptown: []}\npeople:\n",
            "item 1 of site 'downtown' names 'uptowm', which is not a site; did you mean 'uptown'?",
        ),
        (
            "ana, skills",
            "ana, site: dwntown, skills",
            "'site' of person 'ana' names 'dwntown', which is not a site; did you mean 'downtown'?",
        ),
        (
            "go: goodbye",
            "go: callback",
            (
                "'go' of choice '2' of menu 'more' must be a menu's name, 'queue NAME', 'voicemail NAME' or 'goodbye', "
                "not 'callback'"
            ),
        ),
        ("source: main line", "language: es", ""),
    ],
)
def test_a_name_that_stands_for_nothing_is_a_mistake(old: str, new: str, sentence: str) -> None:
    assert told((old, new)) == ([sentence] if sentence else [])


def test_a_language_that_the_practice_does_not_speak_is_a_mistake() -> None:
    english = ("languages: [en, es]", "languages: [en]")
    assert told(english, ("source: main line", "language: es")) == [
        "'language' of number '+16175550100' is 'es', which is not a language of the practice",
        "'to' of language key '9' of menu 'main' is 'es', which is not a language of the practice",
    ]


def test_the_generic_prompts_need_no_text() -> None:
    assert told(("say: welcome", "say: hold_please")) == []
