"""A telephone number in what a caller said or pressed."""

from __future__ import annotations

import re

from ivr.speech.meaning.text import words
from ivr.speech.slots.numbers import reader

NUMBER = re.compile(r"1?([2-9][0-9]{2}[2-9][0-9]{6})")
"""Area code, exchange, line, with or without the 1 in front: source: North American Numbering Plan, ATIS-0300051."""


def telephone(language: str, text: str) -> str | None:
    """Ten digits; None when the words hold fewer, more, or none that could be a number."""
    digits = "".join(group.digits for group in reader(language).groups(words(text)))
    found = NUMBER.fullmatch(digits)
    return found[1] if found else None
