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
from tests.asterisk.tiny_asterisk import TinyAsterisk, TinyChannel
from tests.call_contract import patiently

if TYPE_CHECKING:
    from ivr.asterisk.call import AsteriskCall
    from tests.asterisk.conftest import House

LEG, BACK = "careline-leg-1", "careline-back-1"
BO = "PJSIP/bo@trunk"


@pytest.fixture(autouse=True)
async def _came_up(house: House) -> None:
    assert await house.event() == SwitchBack()


async def ring(house: House, phone: str = "PJSIP/ana") -> None:
    await house.door.switch.ring(LEG, phone, display="scheduling", seconds=20)


async def held(asterisk: TinyAsterisk, house: House) -> tuple[TinyChannel, AsteriskCall]:
    caller = asterisk.dial()
    call = await house.call()
    await patiently(call.answer())
    await patiently(call.hold())
    return caller, call


async def talking(asterisk: TinyAsterisk, house: House) -> tuple[TinyChannel, AsteriskCall]:
    caller, call = await held(asterisk, house)
    await ring(house)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    await patiently(house.door.switch.connect(call.id, LEG))
    assert await house.event() == TalkBegan(call.id, LEG)
    return caller, call


async def test_a_phone_that_is_answered(asterisk: TinyAsterisk, house: House) -> None:
    await ring(house)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    asked = await asterisk.came("Originate")
    assert (asked["ChannelId"], asked["Context"], asked["Timeout"]) == (LEG, "careline-person", "20000")
    assert asked["CallerID"] == '"scheduling" <>'


@pytest.mark.parametrize(
    ("manner", "events"),
    [
        ("17", [LegRinging(LEG), LegEnded(LEG, Cause.BUSY, answered=False)]),
        ("21", [LegRinging(LEG), LegEnded(LEG, Cause.REFUSED, answered=False)]),
        ("19", [LegRinging(LEG), LegEnded(LEG, Cause.NO_ANSWER, answered=False)]),
        ("1", [LegRinging(LEG), LegEnded(LEG, Cause.UNREACHABLE, answered=False)]),
        ("34", [LegRinging(LEG), LegEnded(LEG, Cause.UNREACHABLE, answered=False)]),
        ("gone", [LegEnded(LEG, Cause.UNREACHABLE, answered=False)]),
        ("", [LegEnded(LEG, Cause.UNREACHABLE, answered=False)]),
    ],
)
async def test_a_ring_that_fails_says_why_and_once(
    asterisk: TinyAsterisk, house: House, manner: str, events: list[object]
) -> None:
    asterisk.phones["PJSIP/bo"] = manner
    await ring(house, "PJSIP/bo")
    assert [await house.event() for _ in events] == events
    asterisk.event("Hangup", Uniqueid=LEG, Cause="16")
    asterisk.dial().hang_up()
    assert await house.door.switch.live() == Live(frozenset(), frozenset(), frozenset())


async def test_a_ring_that_asterisk_refuses_ends(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.answers["Originate"] = {"Response": "Error", "Message": "Permission denied"}
    await ring(house)
    assert await house.event() == LegEnded(LEG, Cause.UNREACHABLE, answered=False)


async def test_a_phone_with_a_line_break_in_its_name_rings_nobody(asterisk: TinyAsterisk, house: House) -> None:
    await ring(house, "PJSIP/ana\r\nAction: Logoff")
    assert await house.event() == LegEnded(LEG, Cause.UNREACHABLE, answered=False)
    assert "Originate" not in [action["Action"] for action in asterisk.actions]


async def test_what_is_shown_cannot_break_out_of_its_quotes(asterisk: TinyAsterisk, house: House) -> None:
    await house.door.switch.ring(LEG, "PJSIP/ana", display='a" <911>\r\nX: y', seconds=20)
    assert (await asterisk.came("Originate"))["CallerID"] == '"a 911X: y" <>'


@pytest.mark.parametrize(("elsewhere", "cause"), [(True, "26"), (False, "16")])
async def test_a_cancelled_ring(asterisk: TinyAsterisk, house: House, elsewhere: bool, cause: str) -> None:
    asterisk.phones["PJSIP/bo"] = "rings"
    await ring(house, "PJSIP/bo")
    assert await house.event() == LegRinging(LEG)
    await house.door.switch.cancel(LEG, answered_elsewhere=elsewhere)
    assert await house.event() == LegEnded(LEG, Cause.CANCELLED, answered=False)
    assert (await asterisk.came("Hangup"))["Cause"] == cause


async def test_a_ring_cancelled_before_asterisk_made_the_channel_is_hung_up_when_it_is_there(
    asterisk: TinyAsterisk, house: House
) -> None:
    asterisk.answers["Originate"] = {"Response": "Success"}
    await ring(house)
    await house.door.switch.cancel(LEG, answered_elsewhere=True)
    asterisk.event("Newchannel", Uniqueid=LEG, Channel="PJSIP/ana-00000007")
    assert (await asterisk.came("Hangup", Channel="PJSIP/ana-00000007"))["Cause"] == "26"


async def test_cancelling_a_leg_that_is_gone_is_no_error(house: House) -> None:
    await house.door.switch.cancel("careline-leg-99")


async def test_a_talk_begins_without_timers_and_ends_for_both(asterisk: TinyAsterisk, house: House) -> None:
    caller, call = await talking(asterisk, house)
    await asterisk.came("Setvar", Channel=caller.name, Variable="TIMEOUT(absolute)", Value="0")
    assert caller.variables["CARELINE_NEXT"] == "bye"
    assert await house.door.switch.live() == Live(frozenset({call.id}), frozenset({LEG}), frozenset({(call.id, LEG)}))
    asterisk.channels[LEG].hang_up()
    assert await house.event() == LegEnded(LEG, Cause.ENDED, answered=True)
    caller.hang_up()
    assert await house.event() == CallEnded(call.id)


async def test_a_caller_on_the_way_to_hold_is_waited_for(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.dial()
    call = await house.call()
    await patiently(call.answer())
    await ring(house)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    connecting = asyncio.get_running_loop().create_task(house.door.switch.connect(call.id, LEG))
    await patiently(call.hold())
    await connecting
    assert await house.event() == TalkBegan(call.id, LEG)


async def test_a_join_that_is_ordered_twice_is_made_once(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.dial()
    call = await house.call()
    await patiently(call.answer())
    await ring(house)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    loop = asyncio.get_running_loop()
    both = [loop.create_task(house.door.switch.connect(call.id, LEG)) for _ in range(2)]
    await patiently(call.hold())
    await asyncio.gather(*both)
    assert await house.event() == TalkBegan(call.id, LEG)
    assert [action["Action"] for action in asterisk.actions].count("Bridge") == 1


async def test_a_caller_who_hung_up_is_not_connected_and_the_person_is_let_go(
    asterisk: TinyAsterisk, house: House
) -> None:
    caller, call = await held(asterisk, house)
    await ring(house)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    connecting = asyncio.get_running_loop().create_task(house.door.switch.connect(call.id, LEG))
    caller.hang_up()
    await connecting
    assert {await house.event(), await house.event()} == {
        CallEnded(call.id),
        LegEnded(LEG, Cause.ENDED, answered=True),
    }


async def test_a_person_who_hung_up_right_before_leaves_the_caller_waiting(
    asterisk: TinyAsterisk, house: House
) -> None:
    caller, call = await held(asterisk, house)
    await ring(house)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    asterisk.channels.pop(LEG)
    await house.door.switch.connect(call.id, LEG)
    await asterisk.came("Setvar", Variable="CARELINE_NEXT", Value="lost")
    await asterisk.came("AbsoluteTimeout", Channel=caller.name, Timeout="4")
    assert call.held.is_set()


async def test_after_a_lost_connection_what_ended_meanwhile_is_told_and_then_that_it_is_back(
    asterisk: TinyAsterisk, house: House
) -> None:
    _, gone = await held(asterisk, house)
    _, here = await held(asterisk, house)
    asterisk.phones["PJSIP/bo"] = "rings"
    await ring(house, "PJSIP/bo")
    assert await house.event() == LegRinging(LEG)
    asterisk.cut()
    del asterisk.channels[gone.id], asterisk.channels[LEG]
    assert [await house.event() for _ in range(3)] == [
        LegEnded(LEG, Cause.NO_ANSWER, answered=False),
        CallEnded(gone.id),
        SwitchBack(),
    ]
    assert here.held.is_set()


async def test_a_phone_that_was_answered_while_the_connection_was_lost_is_told(
    asterisk: TinyAsterisk, house: House
) -> None:
    asterisk.phones["PJSIP/bo"] = "rings"
    await ring(house, "PJSIP/bo")
    assert await house.event() == LegRinging(LEG)
    asterisk.channels[LEG].bridge = "waits"
    asterisk.cut()
    assert [await house.event(), await house.event()] == [LegAnswered(LEG), SwitchBack()]


async def test_after_our_restart_a_talk_is_found_and_its_end_is_told(asterisk: TinyAsterisk, house: House) -> None:
    caller = TinyChannel(asterisk, "1795192427.900", "PJSIP/trunk-900")
    leg = TinyChannel(asterisk, "careline-leg-900", "PJSIP/ana-900")
    for channel in (caller, leg):
        channel.bridge = "talk-900"
        asterisk.channels[channel.id] = channel
    asterisk.cut()
    assert await house.event() == SwitchBack()
    assert (await house.door.switch.live()).talks == {(caller.id, leg.id)}
    await asterisk.came("Setvar", Channel=leg.name, Variable="TIMEOUT(absolute)", Value="0")
    leg.hang_up()
    caller.hang_up()
    assert [await house.event(), await house.event()] == [
        LegEnded(leg.id, Cause.ENDED, answered=True),
        CallEnded(caller.id),
    ]


# ---- dialling -----------------------------------------------------------------------------------------------------


async def dial(house: House, phone: str = BO, call: str = BACK) -> None:
    await house.door.switch.dial(call, phone, display="Riverside <+16175550100>", seconds=30)


async def test_who_is_dialled_comes_in_as_a_call_and_is_served_as_any_other(
    asterisk: TinyAsterisk, house: House
) -> None:
    asterisk.phones[BO] = "answers"
    await dial(house)
    call = await house.call()
    asked = await asterisk.came("Originate")
    assert (asked["Channel"], asked["ChannelId"], asked["Context"], asked["Timeout"]) == (BO, BACK, "careline", "30000")
    assert asked["CallerID"] == '"Riverside" <+16175550100>'
    assert (call.id, call.came_back, call.caller_number, call.dialled_number) == (BACK, False, "", "")
    await patiently(call.hold())
    assert await house.door.switch.live() == Live(frozenset({BACK}), frozenset(), frozenset())
    asterisk.channels[BACK].hang_up()
    assert await house.event() == CallEnded(BACK)


@pytest.mark.parametrize(
    ("manner", "cause"),
    [
        ("17", Cause.BUSY),
        ("21", Cause.REFUSED),
        ("19", Cause.NO_ANSWER),
        ("1", Cause.UNREACHABLE),
        ("gone", Cause.UNREACHABLE),
        ("", Cause.UNREACHABLE),
    ],
)
async def test_a_dial_that_fails_says_why_and_once(
    asterisk: TinyAsterisk, house: House, manner: str, cause: Cause
) -> None:
    asterisk.phones[BO] = manner
    await dial(house)
    assert await house.event() == DialFailed(BACK, cause)
    asterisk.event("Hangup", Uniqueid=BACK, Cause="16")
    await ring(house, "PJSIP/nobody")
    assert await house.event() == LegEnded(LEG, Cause.UNREACHABLE, answered=False)


@pytest.mark.parametrize("reason_first", [True, False])
@pytest.mark.parametrize(("reason", "cause"), [("5", Cause.BUSY), ("3", Cause.NO_ANSWER), ("8", Cause.UNREACHABLE)])
async def test_the_reason_says_why_where_the_hang_up_does_not(
    asterisk: TinyAsterisk, house: House, reason: str, cause: Cause, reason_first: bool
) -> None:
    """A Local channel's hang-up has no cause, and either may come first. Events as recorded."""
    asterisk.answers["Originate"] = {"Response": "Success"}
    await dial(house, "Local/bo@callers/n")
    channel = {"Uniqueid": BACK, "Channel": "Local/bo@callers-00000000;1"}
    asterisk.event("Newchannel", **channel)
    asterisk.event("Newchannel", Uniqueid=f"{BACK};2", Channel="Local/bo@callers-00000000;2")
    asterisk.event("Newstate", ChannelState="5", **channel)
    ends = [("OriginateResponse", {"ActionID": BACK, "Response": "Failure", "Reason": reason})]
    ends.insert(reason_first, ("Hangup", {"Cause": "0", **channel}))
    for name, fields in ends:
        asterisk.event(name, **fields)
    asterisk.event("Hangup", Uniqueid=f"{BACK};2", Cause="17")
    assert await house.event() == DialFailed(BACK, cause)


@pytest.mark.parametrize(
    "address",
    [
        "PJSIP/1@trunk\r\nAction: Logoff",
        "PJSIP/1@trunk&PJSIP/2@trunk",
        "PJSIP/${SHELL(x)}",
        "PJSIP/1 2@trunk",
        "16175550123",
        "",
        "PJSIP/" + "1" * 130,
    ],
)
async def test_an_address_that_is_none_is_not_dialled(asterisk: TinyAsterisk, house: House, address: str) -> None:
    await dial(house, address)
    assert await house.event() == DialFailed(BACK, Cause.UNREACHABLE)
    assert "Originate" not in [action["Action"] for action in asterisk.actions]


async def test_a_dial_is_given_up(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.phones[BO] = "rings"
    await dial(house)
    await asterisk.came("Originate")
    assert (await house.door.switch.live()).calls == {BACK}
    await house.door.switch.cancel(BACK)
    assert await house.event() == DialFailed(BACK, Cause.CANCELLED)


async def test_who_picks_up_and_is_gone_before_the_call_came_refuses(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.answers["Originate"] = {"Response": "Success"}
    await dial(house)
    for event, state in (("Newchannel", "0"), ("Newstate", "6")):
        asterisk.event(event, Uniqueid=BACK, Channel="PJSIP/trunk-1", ChannelState=state)
    asterisk.event("Hangup", Uniqueid=BACK, Cause="16")
    assert await house.event() == DialFailed(BACK, Cause.REFUSED)


async def test_what_is_dialled_to_alert_somebody_hangs_up_when_we_die(asterisk: TinyAsterisk, house: House) -> None:
    await dial(house, "PJSIP/ana", "careline-alert-1")
    assert (await house.call()).id == "careline-alert-1"
    assert (await asterisk.came("Originate"))["Context"] == "careline-asked"
    asterisk.channels["careline-alert-1"].timer_ends()
    assert await house.event() == CallEnded("careline-alert-1")


async def test_a_dial_that_ended_while_the_connection_was_lost_is_told(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.phones[BO] = "rings"
    await dial(house)
    assert (await house.door.switch.live()).calls == {BACK}
    asterisk.cut()
    del asterisk.channels[BACK]
    assert [await house.event(), await house.event()] == [DialFailed(BACK, Cause.NO_ANSWER), SwitchBack()]


async def test_after_our_restart_a_dial_that_still_rings_is_found_and_its_end_is_told(
    asterisk: TinyAsterisk, house: House
) -> None:
    ringing = TinyChannel(asterisk, "careline-back-900", "PJSIP/trunk-900")
    ringing.context = "from-trunk"
    asterisk.channels[ringing.id] = ringing
    asterisk.cut()
    assert await house.event() == SwitchBack()
    assert (await house.door.switch.live()).calls == {ringing.id}
    ringing.hang_up("17")
    assert await house.event() == DialFailed(ringing.id, Cause.BUSY)


async def test_nothing_is_dialled_without_a_connection(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.answers["Login"] = None
    asterisk.cut()
    await asterisk.came("Login", count=2)
    with pytest.raises(SwitchDown):
        await dial(house)


# ---- asking who picked up -----------------------------------------------------------------------------------------


async def asked(asterisk: TinyAsterisk, house: House) -> AsteriskCall:
    await house.door.switch.ring(LEG, "PJSIP/ana", display="scheduling", seconds=20, asked=True)
    assert await house.event() == LegRinging(LEG)
    assert (await asterisk.came("Originate"))["Context"] == "careline-asked"
    call = await house.call()
    assert call.id == LEG
    await patiently(call.answer())
    assert await house.door.switch.live() == Live(frozenset(), frozenset({LEG}), frozenset())
    return call


async def test_who_is_asked_is_answered_once_held_and_talks(asterisk: TinyAsterisk, house: House) -> None:
    person = await asked(asterisk, house)
    await patiently(person.hold())
    assert await house.event() == LegAnswered(LEG)
    caller, call = await held(asterisk, house)
    await patiently(house.door.switch.connect(call.id, LEG))
    assert await house.event() == TalkBegan(call.id, LEG)
    assert person.talking
    await asterisk.came("Setvar", Channel=person.channel, Variable="TIMEOUT(absolute)", Value="0")
    asterisk.channels[LEG].hang_up()
    caller.hang_up()
    assert [await house.event(), await house.event()] == [LegEnded(LEG, Cause.ENDED, answered=True), CallEnded(call.id)]


async def test_who_hangs_up_instead_of_an_answer_refuses(asterisk: TinyAsterisk, house: House) -> None:
    await asked(asterisk, house)
    asterisk.channels[LEG].hang_up()
    assert await house.event() == LegEnded(LEG, Cause.REFUSED, answered=False)


async def test_who_is_hung_up_by_us_did_not_answer(asterisk: TinyAsterisk, house: House) -> None:
    await patiently((await asked(asterisk, house)).hang_up())
    assert await house.event() == LegEnded(LEG, Cause.NO_ANSWER, answered=False)


async def test_an_asked_phone_that_is_busy_is_that(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.phones["PJSIP/bo"] = "17"
    await house.door.switch.ring(LEG, "PJSIP/bo", display="scheduling", seconds=20, asked=True)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegEnded(LEG, Cause.BUSY, answered=False)]


@pytest.mark.parametrize(("holds", "cause"), [(False, Cause.CANCELLED), (True, Cause.ENDED)])
async def test_who_is_asked_or_waits_is_let_go(asterisk: TinyAsterisk, house: House, holds: bool, cause: Cause) -> None:
    person = await asked(asterisk, house)
    if holds:
        await patiently(person.hold())
        assert await house.event() == LegAnswered(LEG)
    await house.door.switch.cancel(LEG, answered_elsewhere=True)
    assert await house.event() == LegEnded(LEG, cause, answered=holds)
    assert (await asterisk.came("Hangup"))["Cause"] == "26"


async def test_who_waits_is_taken_back_to_be_told(asterisk: TinyAsterisk, house: House) -> None:
    person = await asked(asterisk, house)
    await patiently(person.hold())
    assert await house.event() == LegAnswered(LEG)
    await patiently(person.take_back())
    assert (await asterisk.came("Redirect"))["Context"] == "careline-asked"


async def test_when_we_die_a_person_is_not_sent_round_in_circles(asterisk: TinyAsterisk, house: House) -> None:
    await asked(asterisk, house)
    asterisk.channels[LEG].timer_ends()
    assert await house.event() == LegEnded(LEG, Cause.REFUSED, answered=False)


async def test_over_a_lost_connection_who_is_asked_is_still_asked(asterisk: TinyAsterisk, house: House) -> None:
    person = await asked(asterisk, house)
    asterisk.cut()
    assert await house.event() == SwitchBack()
    await patiently(person.hold())
    assert await house.event() == LegAnswered(LEG)


async def test_whoever_waits_to_be_joined_waits_as_long_as_we_live(asterisk: TinyAsterisk, house: House) -> None:
    await ring(house)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    await asterisk.came("AbsoluteTimeout", Channel=asterisk.channels[LEG].name, Timeout="10")


# ---- keys ---------------------------------------------------------------------------------------------------------


async def test_the_keys_of_a_caller_on_hold_are_told_and_no_others(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.dial()
    walked = await house.call()
    await patiently(walked.answer())
    _, call = await held(asterisk, house)
    for unique_id, digit, direction in (
        (walked.id, "1", "Received"),
        (call.id, "2", "Sent"),
        ("stranger", "3", "Received"),
        (call.id, "4", "Received"),
        (call.id, "#", "Received"),
    ):
        asterisk.event("DTMFEnd", Uniqueid=unique_id, Digit=digit, Direction=direction)
    assert [await house.event(), await house.event()] == [KeyPressed(call.id, "4"), KeyPressed(call.id, "#")]


async def test_a_persons_keys_are_not_a_callers(asterisk: TinyAsterisk, house: House) -> None:
    person = await asked(asterisk, house)
    await patiently(person.hold())
    assert await house.event() == LegAnswered(LEG)
    asterisk.event("DTMFEnd", Uniqueid=LEG, Digit="5", Direction="Received")
    asterisk.channels[LEG].hang_up()
    assert await house.event() == LegEnded(LEG, Cause.ENDED, answered=True)


# ---- what exists --------------------------------------------------------------------------------------------------


async def test_the_far_half_of_a_local_leg_is_no_leg(asterisk: TinyAsterisk, house: House) -> None:
    for half in ("careline-leg-900", "careline-leg-900;2", "careline-back-901;2"):
        channel = TinyChannel(asterisk, half, f"Local/bo@callers-{half}")
        channel.context = "callers"
        asterisk.channels[half] = channel
    assert await house.door.switch.live() == Live(frozenset(), frozenset({"careline-leg-900"}), frozenset())


async def test_other_peoples_channels_are_not_ours(asterisk: TinyAsterisk, house: House) -> None:
    stranger = TinyChannel(asterisk, "1795192427.901", "PJSIP/1001-901")
    stranger.context = "from-internal"
    asterisk.channels[stranger.id] = stranger
    assert await house.door.switch.live() == Live(frozenset(), frozenset(), frozenset())


async def test_channels_that_may_not_be_listed_are_unknown(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.answers["CoreShowChannels"] = {"Response": "Error", "Message": "Permission denied"}
    with pytest.raises(SwitchDown, match="Permission denied"):
        await house.door.switch.live()
    asterisk.cut()
    assert await house.event() == SwitchBack()


async def test_nothing_is_rung_or_connected_without_a_connection(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.answers["Login"] = None
    asterisk.cut()
    await asterisk.came("Login", count=2)
    with pytest.raises(SwitchDown):
        await ring(house)
    with pytest.raises(SwitchDown):
        await house.door.switch.live()
