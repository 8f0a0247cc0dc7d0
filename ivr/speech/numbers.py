"""How Asterisk's recorded voice says a cardinal number: which of its digit sounds, in which order.

Source: Asterisk main/say.c, ast_say_number_full_en and _es; the names are those of asterisk-core-sounds.
"""

from __future__ import annotations

LARGEST = 999


def digit_sounds(language: str, number: int) -> tuple[str, ...]:
    """The sounds of 0..999, like ("digits/3", "digits/hundred", "digits/20"); () for others and other languages."""
    if not 0 <= number <= LARGEST or language not in _RULES:
        return ()
    return tuple(f"digits/{piece}" for piece in _RULES[language](number))


def _english(number: int) -> tuple[str, ...]:
    if number >= 100:  # noqa: PLR2004 - the rules of counting
        rest = _english(number % 100) if number % 100 else ()
        return (str(number // 100), "hundred", *rest)
    if number <= 20 or number % 10 == 0:  # noqa: PLR2004
        return (str(number),)
    return (str(number - number % 10), str(number % 10))


def _spanish(number: int) -> tuple[str, ...]:
    if number == 100:  # noqa: PLR2004
        return ("hundred",)
    if number > 100:  # noqa: PLR2004
        hundreds = number - number % 100
        rest = _spanish(number % 100) if number % 100 else ()
        return ("100-and" if hundreds == 100 else str(hundreds), *rest)  # noqa: PLR2004
    if number <= 30 or number % 10 == 0:  # noqa: PLR2004
        return (str(number),)
    return (str(number - number % 10), "and", str(number % 10))


_RULES = {"en": _english, "es": _spanish}
