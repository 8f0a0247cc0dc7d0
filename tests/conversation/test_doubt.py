"""A sign of danger in a second reading is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.call import Hypothesis, Spoke
from ivr.simulator.terminal import Script
from tests.house import House, WatchedCall
from tests.menus.plans import small

if TYPE_CHECKING:
    from ivr.call import Heard, Turn


class Mumbling(WatchedCall):
    """Says something that may be a bill or a pain, and then what the script says; "..." is silence."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._mumbled = False

    async def ask(self, turn: Turn) -> Heard:
        if not self._mumbled:
            self._mumbled = True
            return Spoke((Hypothesis("billing", 0.6), Hypothesis("bleeding and pain", 0.4)))
        return await super().ask(turn)


async def routed(*lines: str) -> tuple[story.RoutedTo, list[str], list[str]]:
    async with House(small()).open() as house:
        script = Script(lines)
        house.takes(Mumbling("call-1", script, house.prompts, house.switch))
        return await house.until(story.RoutedTo), house.kinds(), script.heard


@pytest.mark.parametrize("no", ["2", "no", "that's wrong"])
async def test_whoever_denies_it_goes_on_with_the_best_reading(no: str) -> None:
    route, kinds, _ = await routed(no)
    assert (route.queue, route.urgent, "RedFlagRaised" in kinds) == ("desk", False, False)


@pytest.mark.parametrize("answer", ["1", "yes", "", "what", "my chest is in pain"])
async def test_everything_else_is_danger(answer: str) -> None:
    route, kinds, _ = await routed(answer)
    assert (route.queue, route.urgent, "RedFlagRaised" in kinds) == ("nurse", True, True)


async def test_a_sign_in_the_best_reading_is_not_asked_about() -> None:
    async with House(small()).open() as house:
        house.call("a pain in my chest")
        assert (await house.until(story.RoutedTo)).queue == "nurse"
        assert [entry.prompts for entry in house.entries() if isinstance(entry, story.Asked)][1:] == []
