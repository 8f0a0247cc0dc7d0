from __future__ import annotations

import pytest

from ivr.menus.plan.manners import MANNERS
from ivr.speech.meaning.manners import manner_of


@pytest.mark.parametrize(
    ("language", "said", "meant"),
    [
        ("en", "repeat that please", "repeat"),
        ("en", "could you say that again", "repeat"),
        ("en", "go back", "back"),
        ("en", "what are my choices", "choices"),
        ("en", "operator", "person"),
        ("en", "I want a representative", "person"),
        ("en", "I want to go back to the doctor for my knee", None),
        ("en", "I need to repeat that prescription again", None),
        ("en", "billing", None),
        ("es", "puede repetir por favor", "repeat"),
        ("es", "volver atrás", "back"),
        ("es", "¿Cuáles son mis opciones?", "choices"),
        ("es", "operadora", "person"),
        ("es", "go back", None),
    ],
)
def test_what_is_said_of_the_talk_itself_is_found_by_its_phrases(language: str, said: str, meant: str | None) -> None:
    found = manner_of(language, [said], tuple(MANNERS))
    assert (found and found.intent) == meant


def test_only_what_counts_here_is_found() -> None:
    assert manner_of("en", ["operator"], ("repeat",)) is None
