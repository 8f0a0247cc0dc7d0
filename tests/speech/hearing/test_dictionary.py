from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from ivr.speech.hearing import dictionary

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


def test_a_spanish_word_that_the_dictionary_lacks_is_spoken_as_it_is_spelt(tmp_path: Path) -> None:
    file = tmp_path / "es.dict"
    file.write_text("cita z i t a\n", "utf-8")
    expected = {"cita": ("z i t a", "s i t a"), "garganta": ("g a r g a n t a",)}
    assert dictionary.spoken("es", file, {"cita", "garganta"}) == expected
    assert dictionary.spoken("en", file, {"cita", "garganta"}) == {"cita": ("z i t a",)}


def test_the_phones_of_another_model_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.dict"
    file.write_text("cita TH I T A\n", "utf-8")
    assert dictionary.spoken("es", file, {"cita", "garganta"}) == {"cita": ("TH I T A",)}
