"""What `careline doctor` finds about recognisers: each is started and hears a sound."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.clock import SystemClock
from ivr.speech.hearing.probe import hears

if TYPE_CHECKING:
    from collections.abc import Mapping

TINY = Path(__file__).parents[2] / "models/vosk-tiny-en"


@pytest.mark.parametrize("models", [{}, {"en": TINY}], ids=["built-in", "Vosk"])
async def test_a_recogniser_that_hears(models: Mapping[str, Path]) -> None:
    found = await hears("en", models, SystemClock(), "a model")
    assert found.ok
    assert re.fullmatch(r"speech in 'en' is heard with a model: ready in [\d.]+ s, a word in [\d.]+ s", found.what)


async def test_a_recogniser_that_nobody_has() -> None:
    found = await hears("xx", {}, SystemClock(), "nothing")
    assert (found.ok, found.what) == (False, "speech in 'xx' is not heard with nothing: it does not answer")
