"""Telephone numbers as PBXes show them: the same one is +16175550100, 16175550100 or 6175550100."""

from __future__ import annotations

SHORTEST_NUMBER = 7  # fewer digits are extensions, which must be equal


def digits_of(number: str) -> str:
    return "".join(c for c in number if c.isdecimal())


def same_number(shown: str, written: str) -> bool:
    """Whether the PBX shows what the plan writes: the last seven digits or more decide."""
    short, long = sorted((digits_of(shown), digits_of(written)), key=len)
    return shown == written or (len(short) >= SHORTEST_NUMBER and long.endswith(short))
