"""What callers want who press a key, or say something, where a menu asks."""

from __future__ import annotations

import pytest

from ivr.menus.plan.offers import Offer
from ivr.menus.steps import Answer, Key, Meant, Silent
from ivr.menus.walking.wishes import Again, Back, Person, Speak, Take, Unclear, Wish, reply, wish
from tests.menus.plans import small

PLAN = small()


@pytest.mark.parametrize(
    ("answer", "wished"),
    [
        (Key("0"), Person()),
        (Meant("operator", 0.9), Person()),
        (Key("*"), Again()),
        (Meant("repeat", 0.9), Again()),
        (Meant("choices", 0.9), Again(told=True)),
        (Key(""), Back()),
        (Meant("back", 0.9), Back()),
        (Key("9"), Speak("es")),
        (Meant("spanish", 0.9), Speak("es")),
        (Meant("spanish", 0.5), Unclear()),
        (Key("7"), Unclear()),
        (Meant("bill", 0.2), Unclear()),
    ],
)
def test_keys_and_words_are_wishes(answer: Key | Meant, wished: Wish) -> None:
    assert wish(PLAN, "en", "main", answer)[0] == wished


def test_a_choice_is_taken_surely_or_perhaps_and_told_why() -> None:
    offer = Offer("main", "1", PLAN.menus["main"].choices["1"])
    assert wish(PLAN, "en", "main", Key("1")) == (Take(offer), "pressed 1, 'to make an appointment'")
    perhaps = Meant("visit", 0.6)
    assert wish(PLAN, "en", "main", perhaps) == (
        Take(offer, perhaps, sure=False),
        "said what means 'visit' (confidence 0.60): below 0.75, so it was confirmed",
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Key("1"), "yes"),
        (Meant("no", 0.9), "no"),
        (Key("0"), "person"),
        (Key("*"), "repeat"),
        (Key(""), "back"),
        (Meant("yes", 0.1), ""),
        (Key("7"), ""),
        (Silent(), ""),
    ],
)
def test_the_reply_when_asked_whether_it_is_right(answer: Answer, said: str) -> None:
    assert reply(PLAN, answer) == said
