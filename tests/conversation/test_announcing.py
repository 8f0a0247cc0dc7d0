"""What a waiting caller is told of the place and the wait, when, and when nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.conversation.announcing import Announcer, Saying, sounds_of
from ivr.menus.plan.queues import Announce
from ivr.simulator.prompts import TextPrompts

EVERY, WITH_WAIT = Announce(every=60), Announce(every=60, wait=True)


def test_the_place_alone_is_told_on_joining_and_never_again_where_the_plan_says_nothing() -> None:
    announcer = Announcer(None)
    assert announcer.first(3, 240.0, now=0) == Saying(3)
    assert announcer.seconds_left(now=10) is None
    assert announcer.next(1, 60.0, now=100) is None


def test_a_better_place_is_told_when_its_time_has_come() -> None:
    announcer = Announcer(EVERY)
    announcer.first(3, 240.0, now=0)
    assert announcer.seconds_left(now=20) == 40
    assert announcer.next(2, 200.0, now=60) == Saying(2)
    assert announcer.seconds_left(now=61) == 59


def test_a_place_that_is_no_better_is_no_news_and_asked_for_again_later() -> None:
    announcer = Announcer(EVERY)
    announcer.first(3, 240.0, now=0)
    assert announcer.next(3, 200.0, now=60) is None
    assert announcer.next(4, 200.0, now=120) is None
    assert announcer.seconds_left(now=130) == 50


def test_the_wait_is_told_with_the_place() -> None:
    announcer = Announcer(WITH_WAIT)
    assert announcer.first(3, 240.0, now=0) == Saying(3, 240.0)
    assert announcer.next(2, 150.0, now=60) == Saying(2, 150.0)


@pytest.mark.parametrize(("wait", "told"), [(180.0, None), (235.0, None), (250.0, Saying(0, 250.0, longer=True))])
def test_a_wait_never_becomes_clearly_longer_in_silence(wait: float, told: Saying | None) -> None:
    """Told four minutes a minute ago: three are left. Whoever is to wait for a minute more than that hears it."""
    announcer = Announcer(WITH_WAIT)
    announcer.first(3, 240.0, now=0)
    assert announcer.next(3, wait, now=60) == told


def test_a_wait_that_grows_little_by_little_is_told_in_the_end() -> None:
    announcer = Announcer(WITH_WAIT)
    announcer.first(3, 240.0, now=0)
    told = [announcer.next(3, 240.0, now=60 * minute) for minute in (1, 2, 3)]
    assert told == [None, Saying(0, 240.0, longer=True), None]


NAMES = ("you_are_next", "you_are_number", "wait_about", "wait_minutes", "wait_became_longer")
PROMPTS = TextPrompts({"en": dict.fromkeys(NAMES, "")})


@pytest.mark.parametrize(
    ("saying", "names"),
    [
        (Saying(1), ["you_are_next"]),
        (Saying(12), ["you_are_number", "12"]),
        (Saying(10_000), []),
        (Saying(2, 290.0), ["you_are_number", "2", "wait_about", "5", "wait_minutes"]),
        (Saying(0, 290.0, longer=True), ["wait_became_longer", "wait_about", "5", "wait_minutes"]),
        (Saying(1, 9000.0), ["you_are_next"]),
    ],
)
def test_it_is_said_in_prompts_and_numbers(saying: Saying, names: list[str]) -> None:
    assert [sound.name for sound in sounds_of(saying, PROMPTS, "en")] == names
    assert all(isinstance(sound, Path) for sound in sounds_of(saying, PROMPTS, "en"))


ALSO = Announce(every=60, also=("flu_shots", "our_portal"))


def test_when_there_is_no_news_it_is_the_turn_of_the_practices_own_sentences() -> None:
    announcer = Announcer(ALSO)
    announcer.first(3, None, now=0)
    told = [announcer.next(place, None, now) for now, place in ((60, 3), (120, 2), (180, 2), (240, 2))]
    assert told == [Saying(also="flu_shots"), Saying(2), Saying(also="our_portal"), Saying(also="flu_shots")]
    assert announcer.seconds_left(now=250) == 50


def test_a_sentence_of_the_practice_is_told_alone() -> None:
    prompts = TextPrompts({"en": {"flu_shots": "Flu shots are here."}})
    assert sounds_of(Saying(also="flu_shots"), prompts, "en") == (Path("en/flu_shots"),)
