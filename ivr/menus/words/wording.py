"""The words of a plan: what is said to callers, and what they may say.

Beside the prompts that a plan names, each choice makes sentences of its own, named after their place:

    main.1           "To make an appointment, press one."
    main.1.say       "To make an appointment, say make an appointment, or press one."
    main.1.confirm   "You are calling to make an appointment. Is that right? ..."
    main.9           "Para español, oprima nueve."   for a language, spoken in that language's own voice
    operator         "For a person, press zero."
    queue.desk.2     "To leave a message, press two."   for a key that leads out of the queue desk
    slot.doctor.lee  "Doctor Lee."    and how to choose a value of a slot: see slot_wording.py
    closure.snow.on    and others, for whoever switches closures by telephone: see closure_wording.py
    music.calm         music for who waits: a recording, without words
    callback_greeting   "Hello. This is Lakeside, calling you back. ..."   where a queue calls back
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.menus.plan.generic_prompts import GENERIC_PROMPTS
from ivr.menus.plan.manners import BUILT_IN, MANNERS
from ivr.menus.plan.model import OPERATOR_KEY, Choice, Menu, Plan
from ivr.menus.plan.values import Kind, Language
from ivr.menus.words.closure_wording import closure_texts
from ivr.menus.words.slot_wording import phrases, slot_texts, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.menus.plan.queues import Exit
    from ivr.menus.plan.values import Target
    from ivr.menus.steps import Ask

OPERATOR_PROMPT = "operator"
CALLBACK_GREETING = "callback_greeting"
MADE_PROMPTS = frozenset({OPERATOR_PROMPT, CALLBACK_GREETING})


@dataclass(frozen=True, slots=True)
class Wording:
    """A prompt's text and the language of the voice that speaks it."""

    text: str
    voice: Language


@dataclass(frozen=True, slots=True)
class _Sentences:
    press: str
    say: str
    confirm: str
    operator: str
    language: str
    callback: str
    exits: Mapping[Kind, str]
    digits: tuple[str, ...]


_SENTENCES: Mapping[Language, _Sentences] = {
    "en": _Sentences(
        press="{name}, press {key}.",
        say="{name}, say {phrase}, or press {key}.",
        confirm="You are calling {name}. Is that right? Say yes or no, or press one for yes, two for no.",
        operator="For a person, press {key}.",
        language="For English, press {key}.",
        callback="Hello. This is {practice}, calling you back as you asked. To talk with us now, press one.",
        exits={
            Kind.CALLBACK: "to be called back without losing your place",
            Kind.VOICEMAIL: "to leave a message",
        },
        digits=("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    ),
    "es": _Sentences(
        press="{name}, oprima {key}.",
        say="{name}, diga {phrase}, u oprima {key}.",
        confirm="Usted llama {name}. ¿Es correcto? Diga sí o no, u oprima uno para sí, dos para no.",
        operator="Para hablar con una persona, oprima {key}.",
        language="Para español, oprima {key}.",
        callback="Buen día. Le llamamos de {practice}, como usted pidió. Para hablar con nosotros ahora, oprima uno.",
        exits={
            Kind.CALLBACK: "para que le llamemos sin perder su lugar",
            Kind.VOICEMAIL: "para dejar un mensaje",
        },
        digits=("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    ),
}


def press_prompt(menu: str, key: str) -> str:
    return f"{menu}.{key}"


def say_prompt(plan: Plan, menu: str, key: str, language: str) -> str:
    """The sentence that tells the word too, where the choice has one in this language."""
    has_word = _first_phrase(plan, plan.menus[menu].choices[key].intent, language)
    return f"{menu}.{key}.say" if has_word else press_prompt(menu, key)


def confirm_prompt(menu: str, key: str) -> str:
    return f"{menu}.{key}.confirm"


def exit_prompt(queue: str, key: str) -> str:
    """The sentence that tells waiting callers of a key, and of the word where the queue listens."""
    return f"queue.{queue}.{key}"


def suggestion_prompt(to: Target) -> str:
    """The question whether a waiting caller wants to go there."""
    return {Kind.CALLBACK: "callback_offer", Kind.VOICEMAIL: "voicemail_offer"}.get(to.kind, "queue_offer")


def music_prompt(name: str) -> str:
    """The music of a queue; it has no words, so it must be recorded."""
    return f"music.{name}"


def wordings(plan: Plan) -> Mapping[str, Mapping[str, Wording]]:
    """The text of every prompt that the plan brings itself, by language and name (the generic ones are not in it)."""
    return {language: dict(_own(plan, language)) for language in plan.practice.languages}


def prompts_of(plan: Plan) -> Mapping[str, frozenset[str]]:
    """The names of all prompts that callers may hear, the generic ones included."""
    return {language: GENERIC_PROMPTS.union(names) for language, names in wordings(plan).items()}


def intents_of(plan: Plan) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """What callers say for each intent; those that every plan knows included."""
    known = {**plan.intents, **BUILT_IN}
    return {
        language: {intent: phrases.get(language, ()) for intent, phrases in known.items()}
        for language in plan.practice.languages
    }


def learned_of(plan: Plan) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The intents that a classifier learns: the plan's own, and yes and no."""
    return {
        language: {intent: phrases for intent, phrases in intents.items() if intent not in MANNERS}
        for language, intents in intents_of(plan).items()
    }


def phrases_of(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Every phrase once, for the recogniser's language model; of slots what is said to choose, not every date."""
    chosen = [slot for slot in plan.slots.values() if slot.values]
    return {
        language: tuple(
            dict.fromkeys(
                (
                    *(phrase for some in intents.values() for phrase in some),
                    *(phrase for slot in chosen for phrase in phrases(wanted(slot, language), language)),
                )
            )
        )
        for language, intents in intents_of(plan).items()
    }


def grammar_of(plan: Plan, ask: Ask) -> tuple[str, ...] | None:
    """The closed list of phrases of a closed Ask, None for an open one."""
    if not ask.closed:
        return None
    known = intents_of(plan).get(ask.language, {})
    said = (phrase for intent in ask.intents for phrase in known[intent])
    values = phrases(ask.wanted, ask.language) if ask.wanted else ()
    return tuple(dict.fromkeys((*values, *said)))


def _own(plan: Plan, language: Language) -> Iterator[tuple[str, Wording]]:
    sentences = _SENTENCES[language]
    yield OPERATOR_PROMPT, Wording(sentences.operator.format(key=sentences.digits[int(OPERATOR_KEY)]), language)
    for name, menu in plan.menus.items():
        yield from _of_menu(plan, name, menu, language)
    for name, queue in plan.queues.items():
        for key, way_out in queue.exits.items():
            yield exit_prompt(name, key), _of_exit(plan, key, way_out, language)
    if any(queue.callback for queue in plan.queues.values()):
        yield CALLBACK_GREETING, Wording(sentences.callback.format(practice=plan.practice.name), language)
    for name, text in slot_texts(plan, language, sentences.digits):
        yield name, Wording(text, language)
    for name, text in closure_texts(plan, language, sentences.digits):
        yield name, Wording(text, language)
    for name in dict.fromkeys(queue.music for queue in plan.queues.values() if queue.music):
        yield music_prompt(name), Wording("", language)
    for name, words in plan.prompts.items():
        yield name, Wording(words[language], language)  # last: a plan may word any of these itself


def _of_menu(plan: Plan, name: str, menu: Menu, language: Language) -> Iterator[tuple[str, Wording]]:
    yield from _of_languages(name, menu)
    for key, choice in menu.choices.items():
        yield from _of_choice(plan, name, key, choice, language)
    for intent, choice in menu.said.items():
        yield confirm_prompt(name, intent), _confirmation(choice.name[language], language)


def _of_languages(menu_name: str, menu: Menu) -> Iterator[tuple[str, Wording]]:
    for key, tongue in menu.language_keys.items():
        sentences = _SENTENCES[tongue.to]
        yield (
            press_prompt(menu_name, key),
            Wording(sentences.language.format(key=sentences.digits[int(key)]), tongue.to),
        )


def _of_choice(plan: Plan, menu: str, key: str, choice: Choice, language: Language) -> Iterator[tuple[str, Wording]]:
    sentences, name = _SENTENCES[language], choice.name[language]
    parts = _parts(name, key, sentences)
    yield press_prompt(menu, key), Wording(sentences.press.format(**parts), language)
    if phrase := _first_phrase(plan, choice.intent, language):
        yield f"{menu}.{key}.say", Wording(sentences.say.format(**parts, phrase=phrase), language)
    if choice.intent:
        yield confirm_prompt(menu, key), _confirmation(name, language)


def _confirmation(name: str, language: Language) -> Wording:
    return Wording(_SENTENCES[language].confirm.format(name=name), language)


def _of_exit(plan: Plan, key: str, way_out: Exit, language: Language) -> Wording:
    sentences = _SENTENCES[language]
    name = way_out.name[language] if way_out.name else sentences.exits[way_out.to.kind]
    parts = _parts(name, key, sentences)
    if phrase := _first_phrase(plan, way_out.intent, language):
        return Wording(sentences.say.format(**parts, phrase=phrase), language)
    return Wording(sentences.press.format(**parts), language)


def _parts(name: str, key: str, sentences: _Sentences) -> Mapping[str, str]:
    return {"name": name[0].upper() + name[1:], "key": sentences.digits[int(key)]}


def _first_phrase(plan: Plan, intent: str | None, language: str) -> str:
    """What callers are told to say: an intent's first phrase."""
    phrases = dict(plan.intents[intent]) if intent else {}
    return next((some[0] for lang, some in phrases.items() if lang == language and some), "")
