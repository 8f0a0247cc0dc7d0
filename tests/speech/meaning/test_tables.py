"""Files of words that somebody edits: whatever they hold, they are read or refused in sentences."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.speech.meaning.lexicon import load_lexicons
from ivr.speech.meaning.red_flag_list import load_red_flags
from ivr.speech.meaning.tables import MAX_BYTES, MAX_DEPTH, BadTable
from tests.mutations import mutated

if TYPE_CHECKING:
    from collections.abc import Callable

DIALPLANS = Path(__file__).parents[3] / "dialplans"


def refused(path: Path, text: bytes) -> str:
    path.write_bytes(text)
    with pytest.raises(BadTable) as raised:
        load_lexicons(path)
    return str(raised.value).removeprefix(f"{path}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"a: " + b"[" * 200_000, f":1:{MAX_DEPTH + 3}: nested deeper than {MAX_DEPTH}; no table is"),
        (b"#" * (MAX_BYTES + 1), f": larger than {MAX_BYTES} bytes; this is no table"),
        (b"en: \xff", ": not in UTF-8; save it as UTF-8"),
        (b"", ": empty"),
        (b'en: {"f\\x07\\n": []}', ":1:17: 'f?' is unknown here; a language has 'fillers' and 'concepts'"),
    ],
    ids=["deep", "large", "no text", "empty", "control characters"],
)
def test_what_no_table_holds_is_refused(text: bytes, sentence: str, tmp_path: Path) -> None:
    assert refused(tmp_path / "table.yaml", text) == sentence


def said_of(read: Callable[[Path], object], path: Path) -> str:
    """The mistakes of a table; "" for a sound one."""
    try:
        read(path)
    except BadTable as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize(
    ("name", "read", "few"), [("lexicon.yaml", load_lexicons, 100), ("red_flags.yaml", load_red_flags, 20)]
)
def test_a_mutated_table_is_read_or_refused(
    name: str, read: Callable[[Path], object], few: int, tmp_path: Path, thorough: bool
) -> None:
    text, path = (DIALPLANS / name).read_bytes(), tmp_path / name
    for number in range(few * 50 if thorough else few):
        path.write_bytes(mutated(text, random.Random(number)))
        assert said_of(read, path).replace("\n", "").isprintable(), f"mutated by chance {number}"
