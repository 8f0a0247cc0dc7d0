"""Blocked and preferred callers, from the number that the PBX shows to the place in line."""

from __future__ import annotations

from acd import events
from acd.model import Urgency
from ivr import record as story
from tests.house import NUMBER, House
from tests.menus.plans import small

LISTED = f'numbers: ["+1{NUMBER}"]'
BLOCKED = small(("start: main\n", f"start: main\ncallers: {{blocked: {{{LISTED}}}}}\n"))
SENTENCE = "We cannot take this call."
PREFERRED = f"callers: {{preferred: {{hospitals: {{{LISTED}, to: queue desk, urgent: yes, head_start: 2m}}}}}}\n"


async def test_a_blocked_caller_who_is_in_pain_reaches_the_nurses_before_everybody() -> None:
    async with House(BLOCKED).open() as house:
        caller = house.call("hello", "my chest is in pain")
        routed = await house.until(story.RoutedTo)
        assert [text.startswith(SENTENCE) for text in caller.heard[:2]] == [True, True]
        assert (routed.queue, routed.urgent) == ("nurse", True)


async def test_a_blocked_caller_who_says_nothing_is_hung_up_on_and_the_record_names_the_list_alone() -> None:
    async with House(BLOCKED).open() as house:
        caller = house.call("")
        await house.until_over()
        assert caller.heard[1:] == ["Thank you for calling. Goodbye."]
        reasons = (await house.until(story.SaidGoodbye)).phi_reasons
        assert reasons[1].text == "On the list of blocked callers: listened to for danger only."
        assert NUMBER not in repr(house.entries())


async def test_a_preferred_caller_joins_the_lists_queue_with_urgency_and_head_start() -> None:
    async with House(small(("start: main\n", f"start: main\n{PREFERRED}"))).open() as house:
        house.call()
        routed = await house.until(story.RoutedTo)
        joined = await house.journal.seen.until(lambda event: isinstance(event, events.CallerJoined))
        assert isinstance(joined, events.CallerJoined)
        assert (routed.queue, joined.urgency, joined.head_start_seconds) == ("desk", Urgency.URGENT, 120.0)
        assert NUMBER not in repr(routed)
