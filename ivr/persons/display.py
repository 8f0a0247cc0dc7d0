"""What a phone shows while it rings."""

from __future__ import annotations

import re

_WITH_NUMBER = re.compile(r"(.*?) *<(\+?[0-9]{2,20})>")


def name_and_number(display: str) -> tuple[str, str]:
    """`Riverside <+16175550100>` is a name and a number; without one, the number is ""."""
    with_number = _WITH_NUMBER.fullmatch(display)
    return (with_number[1], with_number[2]) if with_number else (display, "")
