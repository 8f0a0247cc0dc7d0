from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from ivr.speech import dictionary

if TYPE_CHECKING:
    from pathlib import Path

LINES = "doctor D AA K T ER\ndoctor(2) D AO K T ER\nniño n i gn o\n\nodd\n"


def test_the_wanted_words_are_found_with_all_their_pronunciations(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.dict", tmp_path / "a.dict.gz"
    plain.write_text(LINES, "utf-8")
    packed.write_bytes(gzip.compress(LINES.encode()))
    expected = {"doctor": ("D AA K T ER", "D AO K T ER"), "niño": ("n i gn o",)}
    assert dictionary.look_up(plain, {"doctor", "niño", "odd", "nurse"}) == expected
    assert dictionary.look_up(packed, {"doctor", "niño", "odd", "nurse"}) == expected


def test_a_written_dictionary_reads_back(tmp_path: Path) -> None:
    ways = {"a": ("AH", "EY"), "pay": ("P EY",)}
    file = tmp_path / "plan.dict"
    file.write_text(dictionary.text(ways), "utf-8")
    assert dictionary.look_up(file, ways) == ways
