"""When a caller counts as distressed: how the voice sounds, and what is said, beside any sign of danger."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from ivr.menus.plan.values import Count, Language, Noun, Seconds, Text, number_between

Decibels = Annotated[
    float,
    BeforeValidator(partial(number_between, -60, 60)),
    WithJsonSchema({"type": "number", "minimum": -60, "maximum": 60}),
]
Ratio = Annotated[
    float,
    BeforeValidator(partial(number_between, 1, 20)),
    WithJsonSchema({"type": "number", "minimum": 1, "maximum": 20}),
]

WORDS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        *(
            "please hurry",
            "hurry up",
            "help me",
            "somebody help",
            "please help",
            "i'm begging",
            "i beg you",
            "i'm scared",
        ),
        *(
            "i'm so scared",
            "i'm desperate",
            "i can't take it",
            "i can't do this",
            "i don't know what to do",
            "oh my god",
        ),
        *("god damn", "goddamn", "damn it", "what the hell", "bullshit", "fuck", "fucking", "shit", "for god's sake"),
        *("this is ridiculous", "i've been calling all day", "nobody calls me back", "why won't you listen"),
    ),
    "es": (
        *("apúrese", "por favor apúrese", "dese prisa", "ayúdeme", "ayúdenme", "por favor ayuda", "se lo ruego"),
        *("le suplico", "tengo miedo", "estoy desesperado", "estoy desesperada", "no sé qué hacer", "no puedo más"),
        *("ay dios mío", "dios mío", "maldita sea", "carajo", "mierda", "chingada", "coño", "qué demonios"),
        *("por el amor de dios", "esto es ridículo", "llevo todo el día llamando", "nadie me llama"),
    ),
}
"""What people say who are at the end of their tether, curses among it."""


class Distress(Noun):
    """`signs` of these at once: louder or higher than at first, loud, fast, a cry, such words, the same over again.

    `loud` is in dBov, `louder` in dB above the caller's first words, `higher` a ratio to their pitch, `fast` in
    syllables a second, `cry` how long a voice is far above an adult's pitch; `words` are added to the usual ones.
    """

    signs: Count = 2
    loud: Decibels = -12.0
    louder: Decibels = 8.0
    higher: Ratio = 1.4
    fast: Ratio = 7.0
    cry: Seconds = 0.6
    words: Mapping[Language, tuple[Text, ...]] = Field({})

    def words_of(self, language: str) -> tuple[str, ...]:
        """All that count, in a language."""
        return tuple(
            text for source in (WORDS, self.words) for of, some in source.items() if of == language for text in some
        )
