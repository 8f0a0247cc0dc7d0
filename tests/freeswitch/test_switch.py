from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.services import (
    CallEnded,
    Cause,
    DialFailed,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegRinging,
    Live,
    SwitchBack,
    SwitchDown,
    TalkBegan,
)
from lab.phone import Answers, Ignores, Phone, Policy, Rejects
from tests.freeswitch.persons import BACK, LEG, House, cut, house_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lab.call import PhoneCall
    from tests.freeswitch.callers import PlainCall
    from tests.freeswitch_double import FreeSwitchDouble

OTHER_LEG = "careline-leg-2"
RINGS, ANSWERED = LegRinging(LEG), LegAnswered(LEG)


@pytest.fixture
async def house(freeswitch: FreeSwitchDouble, outbound_port: int) -> AsyncIterator[House]:
    async with house_at(freeswitch, outbound_port) as running:
        yield running


@pytest.fixture
async def ana(freeswitch: FreeSwitchDouble) -> AsyncIterator[Phone]:
    async with await Phone.create("ana", port=freeswitch.people["ana"], policy=Answers(0.05)) as phone:
        yield phone


@pytest.fixture
async def bo(freeswitch: FreeSwitchDouble) -> AsyncIterator[Phone]:
    async with await Phone.create("bo", port=freeswitch.people["bo"]) as phone:
        yield phone


async def answered(house: House) -> None:
    await house.ring()
    assert await house.events(2) == [RINGS, ANSWERED]


async def talking(freeswitch: FreeSwitchDouble, house: House) -> tuple[PhoneCall, PlainCall]:
    phone_call, call = await house.held(freeswitch)
    await answered(house)
    await house.switch.connect(call.id, LEG)
    assert await house.event() == TalkBegan(call.id, LEG)
    return phone_call, call


# ---- ringing ------------------------------------------------------------------------------------------------------


async def test_a_phone_rings_with_what_it_shows_and_is_answered(house: House, ana: Phone) -> None:
    await answered(house)
    (call,) = ana.calls
    assert call.invite
    assert '"Scheduling"' in call.invite.get("from")


@pytest.mark.parametrize(
    ("policy", "cause"),
    [(Rejects(486, 0.1), Cause.BUSY), (Rejects(603, 0.1), Cause.REFUSED), (Rejects(480, 0.1), Cause.NO_ANSWER)],
)
async def test_a_phone_that_is_not_answered_says_why(house: House, bo: Phone, policy: Policy, cause: Cause) -> None:
    bo.policy = policy
    await house.ring("PJSIP/bo")
    assert await house.events(2) == [RINGS, LegEnded(LEG, cause, answered=False)]


async def test_a_phone_rings_no_longer_than_it_shall(house: House, bo: Phone) -> None:
    bo.policy = Ignores()
    await house.switch.ring(LEG, "user/bo", display="", seconds=1)
    assert await house.events(2) == [RINGS, LegEnded(LEG, Cause.NO_ANSWER, answered=False)]


@pytest.mark.parametrize("phone", ["PJSIP/nobody", "PJSIP/1@nowhere", "Local/1@x", "sofia/internal/x@127.0.0.1:1"])
async def test_a_phone_that_is_not_there_is_unreachable(house: House, phone: str) -> None:
    await house.ring(phone)
    assert await house.event() == LegEnded(LEG, Cause.UNREACHABLE, answered=False)


async def test_a_phone_whose_address_could_be_a_command_is_not_rung(house: House) -> None:
    await house.ring("PJSIP/bo &hupall")
    assert await house.event() == LegEnded(LEG, Cause.UNREACHABLE, answered=False)


async def test_of_two_that_ring_one_wins_and_the_other_is_told(house: House, ana: Phone, bo: Phone) -> None:
    await house.ring("user/bo", OTHER_LEG)
    assert await house.event() == LegRinging(OTHER_LEG)
    await answered(house)
    await house.switch.cancel(OTHER_LEG, answered_elsewhere=True)
    assert await house.event() == LegEnded(OTHER_LEG, Cause.CANCELLED, answered=False)
    assert "completed elsewhere" in (await bo.calls[0].ended).reason


async def test_a_ring_is_given_up(house: House, bo: Phone) -> None:
    await house.ring("user/bo")
    assert await house.event() == RINGS
    await house.switch.cancel(LEG)
    assert await house.event() == LegEnded(LEG, Cause.CANCELLED, answered=False)
    assert (await bo.calls[0].ended).code == 0


async def test_a_ring_that_is_given_up_before_there_is_a_channel_stays_given_up(house: House, bo: Phone) -> None:
    ringing = asyncio.get_running_loop().create_task(house.ring("user/bo"))
    await asyncio.sleep(0)  # ordered, and no more
    await house.switch.cancel(LEG)
    await ringing
    assert await house.event() == LegEnded(LEG, Cause.CANCELLED, answered=False)
    assert await house.switch.live() == Live(frozenset(), frozenset(), frozenset())


async def test_giving_up_what_is_gone_is_no_error(house: House) -> None:
    await house.switch.cancel("careline-leg-99")


# ---- joining ------------------------------------------------------------------------------------------------------


async def test_a_talk_survives_us_and_the_person_ends_it_for_both(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    phone_call, call = await talking(freeswitch, house)
    assert call.talking
    assert not freeswitch.scheduler._tasks
    assert await house.switch.live() == Live(frozenset({call.id}), frozenset({LEG}), frozenset({(call.id, LEG)}))
    ana.calls[0].hang_up()
    assert await house.events(2) == [LegEnded(LEG, Cause.ENDED, answered=True), CallEnded(call.id)]
    await phone_call.ended


async def test_the_caller_ends_a_talk_for_both(freeswitch: FreeSwitchDouble, house: House, ana: Phone) -> None:
    phone_call, call = await talking(freeswitch, house)
    phone_call.hang_up()
    assert await house.events(2) == [CallEnded(call.id), LegEnded(LEG, Cause.ENDED, answered=True)]
    await ana.calls[0].ended


async def test_a_caller_on_the_way_to_hold_is_waited_for(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    _, call = await house.walked(freeswitch)
    await answered(house)
    connecting = asyncio.get_running_loop().create_task(house.switch.connect(call.id, LEG))
    call.hold()
    await connecting
    assert await house.event() == TalkBegan(call.id, LEG)


async def test_a_join_that_is_ordered_twice_is_made_once(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    _, call = await house.held(freeswitch)
    await answered(house)
    await asyncio.gather(*(house.switch.connect(call.id, LEG) for _ in range(2)))
    assert await house.event() == TalkBegan(call.id, LEG)
    ana.calls[0].hang_up()
    assert await house.events(2) == [LegEnded(LEG, Cause.ENDED, answered=True), CallEnded(call.id)]


async def test_a_caller_who_hung_up_is_not_connected_and_the_person_is_let_go(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    phone_call, call = await house.walked(freeswitch)
    await answered(house)
    connecting = asyncio.get_running_loop().create_task(house.switch.connect(call.id, LEG))
    phone_call.hang_up()
    await connecting
    assert await house.events(2) == [CallEnded(call.id), LegEnded(LEG, Cause.ENDED, answered=True)]
    await ana.calls[0].ended


async def test_a_person_who_hung_up_right_before_leaves_the_caller_served(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    _, call = await house.held(freeswitch)
    await answered(house)
    freeswitch.channels.pop(LEG)
    await house.switch.connect(call.id, LEG)
    assert not call.talking
    variables = [await call.variable(name) for name in ("socket_resume", "park_after_bridge", "park_timeout")]
    assert variables == ["true", "_undef_", "_undef_"]
    assert [task.group for task in freeswitch.scheduler._tasks.values()] == [call.id]


async def test_a_caller_whose_talk_never_came_is_served_again(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    _, call = await house.held(freeswitch)
    await answered(house)
    connecting = asyncio.get_running_loop().create_task(house.switch.connect(call.id, LEG))
    while not freeswitch.channels[call.id].other:
        await asyncio.sleep(0)
    ana.calls[0].hang_up()
    await connecting
    assert await house.event() == LegEnded(LEG, Cause.ENDED, answered=True)
    assert (await house.callers.where(lambda each: each.sessions > 1)).id == call.id
    assert not call.talking


async def test_a_caller_who_hangs_up_right_before_the_talk_leaves_nobody_waiting(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    phone_call, call = await house.held(freeswitch)
    await answered(house)
    connecting = asyncio.get_running_loop().create_task(house.switch.connect(call.id, LEG))
    while not freeswitch.channels[call.id].other:
        await asyncio.sleep(0)
    phone_call.hang_up()
    await connecting
    assert await house.events(2) == [CallEnded(call.id), LegEnded(LEG, Cause.ENDED, answered=True)]


async def test_whoever_waits_to_be_joined_waits_as_long_as_we_live(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    await answered(house)
    (begins_with,) = freeswitch.scheduler._tasks
    async with asyncio.timeout(10):
        while begins_with in freeswitch.scheduler._tasks:
            await asyncio.sleep(0.05)
    assert [task.group for task in freeswitch.scheduler._tasks.values()] == [LEG]


# ---- outages ------------------------------------------------------------------------------------------------------


async def test_after_a_lost_connection_what_ended_meanwhile_is_told_and_then_that_it_is_back(
    freeswitch: FreeSwitchDouble, house: House, bo: Phone
) -> None:
    phone_call, gone = await house.held(freeswitch)
    _, here = await house.held(freeswitch)
    await house.ring("user/bo")
    assert await house.event() == RINGS
    cut(freeswitch)
    phone_call.hang_up()
    bo.policy = Rejects()
    freeswitch.channels[LEG].hang_up("USER_BUSY")
    assert set(await house.events(2)) == {LegEnded(LEG, Cause.NO_ANSWER, answered=False), CallEnded(gone.id)}
    assert await house.event() == SwitchBack()
    assert house.callers.ids() == {here.id}


async def test_a_phone_that_was_answered_while_the_connection_was_lost_is_told(
    freeswitch: FreeSwitchDouble, house: House, bo: Phone
) -> None:
    bo.policy = Answers(0.02)
    await house.ring("user/bo")
    cut(freeswitch)
    while LEG not in freeswitch.channels or "park" not in freeswitch.channels[LEG].vars.get("current_application", ""):
        await asyncio.sleep(0)
    events = [await house.event()]
    while events[-1] != SwitchBack():
        events.append(await house.event())
    assert [event for event in events if event != RINGS] == [ANSWERED, SwitchBack()]


async def test_a_talk_goes_on_while_the_connection_is_lost(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    _, call = await talking(freeswitch, house)
    cut(freeswitch)
    assert await house.event() == SwitchBack()
    assert call.talking
    ana.calls[0].hang_up()
    assert await house.events(2) == [LegEnded(LEG, Cause.ENDED, answered=True), CallEnded(call.id)]


async def test_a_caller_whose_talk_ended_while_the_connection_was_lost_is_hung_up(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    phone_call, call = await talking(freeswitch, house)
    ana.calls[0].hang_up()
    cut(freeswitch)
    assert await house.events(3) == [LegEnded(LEG, Cause.ENDED, answered=True), SwitchBack(), CallEnded(call.id)]
    await phone_call.ended


async def test_after_our_restart_a_talk_is_found_and_its_end_is_told(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone, outbound_port: int
) -> None:
    phone_call, call = await talking(freeswitch, house)
    await house.connection.close()
    await house.server.close()
    async with house_at(freeswitch, outbound_port) as restarted:
        assert (await restarted.switch.live()).talks == {(call.id, LEG)}
        ana.calls[0].hang_up()
        assert await restarted.events(2) == [LegEnded(LEG, Cause.ENDED, answered=True), CallEnded(call.id)]
        await phone_call.ended


async def test_nothing_is_rung_or_listed_without_a_connection(freeswitch: FreeSwitchDouble, house: House) -> None:
    await house.connection.close()
    for order in (house.ring(), house.switch.dial(BACK, "user/bo", display="", seconds=5), house.switch.live()):
        with pytest.raises(SwitchDown):
            await order


# ---- dialling -----------------------------------------------------------------------------------------------------


async def dial(house: House, phone: str = "user/bo", call: str = BACK) -> None:
    await house.switch.dial(call, phone, display="Riverside <+16175550100>", seconds=20)


async def test_who_is_dialled_comes_in_as_a_call_and_is_joined_as_any_other(
    house: House, ana: Phone, bo: Phone
) -> None:
    bo.policy = Answers(0.02)
    await dial(house)
    call = await house.callers.coming(BACK)
    assert bo.calls[0].invite
    assert '"Riverside" <sip:+16175550100@' in bo.calls[0].invite.get("from")
    assert await house.switch.live() == Live(frozenset({BACK}), frozenset(), frozenset())
    call.hold()
    await answered(house)
    await house.switch.connect(BACK, LEG)
    assert await house.event() == TalkBegan(BACK, LEG)
    bo.calls[0].hang_up()
    assert await house.events(2) == [CallEnded(BACK), LegEnded(LEG, Cause.ENDED, answered=True)]


@pytest.mark.parametrize(
    ("phone", "policy", "cause"),
    [
        ("user/bo", Rejects(486), Cause.BUSY),
        ("user/bo", Rejects(603), Cause.REFUSED),
        ("user/nobody", Ignores(), Cause.UNREACHABLE),
        ("PJSIP/+16175550199@trunk", Ignores(), Cause.UNREACHABLE),
        ("6175550199", Ignores(), Cause.UNREACHABLE),
    ],
)
async def test_a_dial_that_fails_says_why(house: House, bo: Phone, phone: str, policy: Policy, cause: Cause) -> None:
    bo.policy = policy
    await dial(house, phone)
    assert await house.event() == DialFailed(BACK, cause)


async def test_a_dial_is_given_up(house: House, bo: Phone) -> None:
    await dial(house)
    await bo.next_call()
    assert (await house.switch.live()).calls == {BACK}
    await house.switch.cancel(BACK)
    assert await house.event() == DialFailed(BACK, Cause.CANCELLED)


async def test_whoever_is_alerted_is_hung_up_when_we_die(freeswitch: FreeSwitchDouble, house: House, bo: Phone) -> None:
    bo.policy = Answers(0.02)
    await dial(house, call="careline-alert-1-1")
    await house.callers.coming("careline-alert-1-1")
    assert freeswitch.channels["careline-alert-1-1"].profile.destination == "careline_asked"


async def test_after_our_restart_a_dial_that_still_rings_is_found_and_its_end_is_told(
    freeswitch: FreeSwitchDouble, house: House, bo: Phone, outbound_port: int
) -> None:
    await dial(house)
    await bo.next_call()
    await house.connection.close()
    await house.server.close()
    async with house_at(freeswitch, outbound_port) as restarted:
        freeswitch.channels[BACK].hang_up("USER_BUSY")
        assert await restarted.event() == DialFailed(BACK, Cause.BUSY)


# ---- asking who picked up -----------------------------------------------------------------------------------------


async def asked(house: House) -> PlainCall:
    await house.ring(asked=True)
    assert await house.event() == RINGS
    return await house.callers.coming(LEG)


async def test_who_is_asked_is_answered_once_held_and_talks(
    freeswitch: FreeSwitchDouble, house: House, ana: Phone
) -> None:
    person = await asked(house)
    person.hold()
    house.switch.on_held(LEG)
    assert await house.event() == ANSWERED
    _, call = await house.held(freeswitch)
    await house.switch.connect(call.id, LEG)
    assert await house.event() == TalkBegan(call.id, LEG)
    assert person.talking
    ana.calls[0].hang_up()
    assert await house.events(2) == [LegEnded(LEG, Cause.ENDED, answered=True), CallEnded(call.id)]


async def test_who_hangs_up_instead_of_an_answer_refuses(house: House, ana: Phone) -> None:
    await asked(house)
    ana.calls[0].hang_up()
    assert await house.event() == LegEnded(LEG, Cause.REFUSED, answered=False)


async def test_who_is_hung_up_by_us_did_not_answer(house: House, ana: Phone) -> None:
    await (await asked(house)).hang_up()
    assert await house.event() == LegEnded(LEG, Cause.NO_ANSWER, answered=False)


@pytest.mark.parametrize(("holds", "cause"), [(False, Cause.CANCELLED), (True, Cause.ENDED)])
async def test_who_is_asked_or_waits_is_let_go(house: House, ana: Phone, holds: bool, cause: Cause) -> None:
    await asked(house)
    if holds:
        house.switch.on_held(LEG)
        assert await house.event() == ANSWERED
    await house.switch.cancel(LEG, answered_elsewhere=True)
    assert await house.event() == LegEnded(LEG, cause, answered=holds)


async def test_a_callers_keys_on_hold_are_told_and_a_persons_are_not(house: House) -> None:
    house.switch.on_key(LEG, "1")
    house.switch.on_key("call-1", "2")
    assert await house.event() == KeyPressed("call-1", "2")


async def test_other_peoples_calls_are_not_ours(freeswitch: FreeSwitchDouble, house: House) -> None:
    async with await Phone.create() as stranger:
        await stranger.dial(f"sip:echo@127.0.0.1:{freeswitch.sip_port}").answered
        assert await house.switch.live() == Live(frozenset(), frozenset(), frozenset())
