"""Whether a caller keeps their composure: signs of distress in the voice and in the words, turn by turn.

A voice is compared with itself: with the caller's first words, as soon as there are any.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.menus.plan.distress import Distress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.call import Spoke, Voice

PACE_SECONDS = 1.5  # a word or two have no pace
OVER_AND_OVER = 3  # the same word so often without another between: "please please please"
DIGITS = frozenset(
    {"zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    | {"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"}
)
"""A telephone number says them over and over, too."""


@dataclass(frozen=True, slots=True)
class Sign:
    """`text` says what was noticed; `phi` are the caller's own words, if it is about those."""

    text: str
    phi: str = ""


@dataclass(slots=True)
class Composure:
    """One caller. `language` is theirs."""

    rules: Distress = field(default_factory=Distress)
    language: str = ""
    lost: tuple[Sign, ...] = ()
    _at_first: Voice | None = None
    _said_before: tuple[str, ...] = ()

    def hear(self, spoke: Spoke) -> tuple[Sign, ...]:
        """The signs that made this caller count as distressed, once; () before and after."""
        text = spoke.hypotheses[0].text if spoke.hypotheses else ""
        signs = (*self._in_voice(spoke.voice), *self._in_words(text))
        self._said_before = _plain(text) or self._said_before
        if self.lost or len(signs) < self.rules.signs:
            return ()
        self.lost = signs
        return signs

    def _in_voice(self, voice: Voice | None) -> Iterator[Sign]:
        if voice is None:
            return
        rules, first = self.rules, self._at_first
        self._at_first = first or voice
        if voice.loudness_db > rules.loud:
            yield Sign(f"speaks very loud ({voice.loudness_db:.0f} dBov)")
        elif first and voice.loudness_db - first.loudness_db >= rules.louder:
            yield Sign(f"became louder by {voice.loudness_db - first.loudness_db:.0f} dB")
        if voice.cry_seconds >= rules.cry:
            yield Sign(f"cries ({voice.cry_seconds:.1f} s far above a speaking voice)")
        elif first and voice.pitch_hz >= rules.higher * first.pitch_hz:
            yield Sign(f"raised the voice to {voice.pitch_hz / first.pitch_hz:.1f} times its pitch")
        if voice.syllables_per_second >= rules.fast and voice.seconds >= PACE_SECONDS:
            yield Sign(f"speaks very fast ({voice.syllables_per_second:.1f} syllables a second)")

    def _in_words(self, text: str) -> Iterator[Sign]:
        said = _plain(text)
        if found := next((each for each in self.rules.words_of(self.language) if _holds(said, _plain(each))), ""):
            yield Sign("uses words of distress", found)
        if word := _repeated(said):
            yield Sign("says the same word over and over", word)
        elif len(said) > 1 and said == self._said_before:
            yield Sign("had to say the same again", text)


def _plain(text: str) -> tuple[str, ...]:
    """Without accents and marks: recognisers write them or not."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return tuple("".join(letter for letter in word if letter.isalnum()) for word in letters.split())


def _holds(said: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1))


def _repeated(said: tuple[str, ...]) -> str:
    for at, word in enumerate(said):
        if word not in DIGITS and said[at : at + OVER_AND_OVER] == (word,) * OVER_AND_OVER:
            return word
    return ""
