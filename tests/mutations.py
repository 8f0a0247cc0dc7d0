"""Files as tired people, broken disks and ill-meaning ones leave them: mutations of a text, by a seeded chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Mutation = Callable[[bytes, random.Random], bytes]

VALUES = [
    *("yes", "no", "true", "null", "~", "''", "[]", "{}", "-", "5", "-1", "0", "1.5", "0x1F", ".inf", ".nan", "1e308"),
    *("9" * 30, "9" * 5000, "1e999", "-0", "0o777", "1:30", "2026-02-30", "2026-12-24 25:00", "45s", "9999999d"),
    *("main", "queue nurse", "queue", "voicemail desk", "goodbye", "callback", "mon-fri", '"25:99-00:00"', "sun-mon"),
    *("a and", "((((nurse))))", "not not not nurse", "nurse >= 9", "(" * 60, "a or " * 300 + "a", "a and not a"),
    *("${clinic}", "${", "$$", "${clinic", "'${${clinic}}'", "PJSIP/ana", "+16175550123", "{number}", "US-XX"),
    *("*a", "&a x", "!!python/object:os.system x", "!!binary aGk=", "|", ">-", "? a", "<<: *a", "@x", "`x`", "%x"),
    *("é" * 3000, "x" * 70000, '"\\0"', '"\\x07"', '"\\u2028"', '"\\ud800"', "\u202e", "\ufeff", "𝟙", "١٢"),
    *(
        "[" * 100,
        "{a: " * 30,
        "[a, [b, [c, [d]]]]",
        "{a: {b: {c: {d: e}}}}",
        "[1, yes, null, {}, []]",
        "[[]]",
        "{1: 2}",
    ),
    *("[plan.yaml]", "[../x.yaml, /dev/zero, '*.yaml', '**/*.yaml', '[', '']", "people.yaml", "{people.yaml: x}"),
]
BYTES = [
    b"\x00",
    b"\x07",
    b"\x1b[2J",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xc3",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\x85",
    b"\r",
]
MARKS = ":{}[],*&!-#'\"|>%@`~ \t?$"
BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10)
)


def mutated(text: bytes, chance: random.Random) -> bytes:
    """With one to four mutations."""
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(MUTATIONS)(text, chance)
    return text


def _flipped(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]


def _with_bytes(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(BYTES) + text[at:]


def _with_mark(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(MARKS).encode() + text[at:]


def _truncated(text: bytes, chance: random.Random) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def _lines(text: bytes, chance: random.Random) -> bytes:
    """A line lost, doubled, indented, moved, or a part of one put elsewhere."""
    lines = text.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            del lines[one : one + chance.randint(1, 5)]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case 3:
            lines[one] = chance.choice([b" ", b"  ", b"\t"]) * chance.randint(1, 3) + lines[one]
        case 4:
            lines[one] = lines[one].lstrip()
        case _:
            lines[one] = lines[one][: chance.randint(0, len(lines[one]))] + lines[other].strip()
    return b"\n".join(lines)


def _value(text: bytes, chance: random.Random) -> bytes:
    """Another value after one of the colons, or in a list."""
    places = [found.span(1) for found in re.finditer(rb"(?:: |- |\[|, )([^\n,{}\[\]]+)", text)]
    if not places:
        return text
    begin, end = chance.choice(places)
    return text[:begin] + chance.choice(VALUES).encode("utf-8", "surrogatepass") + text[end:]


def _key(text: bytes, chance: random.Random) -> bytes:
    """Another key, one of the same file as a rule."""
    places = [found.span(1) for found in re.finditer(rb"([\w+\"]+):", text)]
    if not places:
        return text
    begin, end = chance.choice(places)
    first, last = chance.choice(places)
    strange = chance.choice([b"1", b"''", b"[a]", b"{a: b}", b"~", b"include", b"variables", b"<<", b"week"])
    return text[:begin] + (text[first:last] if chance.random() < 0.7 else strange) + text[end:]


def _bombed(text: bytes, chance: random.Random) -> bytes:
    return chance.choice([BOMB + text, text + BOMB, text + b"\nextra: " + b"[" * chance.choice([5, 50, 5000])])


MUTATIONS: list[Mutation] = [
    _flipped,
    _with_bytes,
    _with_mark,
    _truncated,
    _lines,
    _lines,
    _value,
    _value,
    _value,
    _key,
    _bombed,
]
