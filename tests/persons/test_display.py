from __future__ import annotations

import pytest

from ivr.persons.display import name_and_number


@pytest.mark.parametrize(
    ("display", "told"),
    [
        ("Riverside <+16175550100>", ("Riverside", "+16175550100")),
        ("<6175550100>", ("", "6175550100")),
        ("billing", ("billing", "")),
        ("billing <one>", ("billing <one>", "")),
        ("", ("", "")),
    ],
)
def test_what_a_phone_shows_is_a_name_and_perhaps_a_number(display: str, told: tuple[str, str]) -> None:
    assert name_and_number(display) == told
