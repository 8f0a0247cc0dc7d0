from __future__ import annotations

from ivr.persons.phone_states import PhoneStates
from ivr.services import Device, PhoneChanged, SwitchEvent

ANA, BO = "user/ana", "user/bo"


def states_of(*phones: str) -> tuple[PhoneStates, list[SwitchEvent]]:
    told: list[SwitchEvent] = []
    states = PhoneStates(told.append, line_of=lambda phone: phone.rpartition("/")[2])
    states.watch(phones)
    return states, told


def test_how_each_phone_is_is_told_at_first() -> None:
    states, told = states_of(BO, ANA)
    states.in_use("1", "bo")
    states.is_there("ana", there=False)
    states.tell_all()
    assert told == [PhoneChanged(ANA, Device.GONE), PhoneChanged(BO, Device.BUSY)]


def test_a_phone_is_busy_from_its_first_channel_to_the_end_of_its_last() -> None:
    states, told = states_of(ANA)
    states.tell_all()
    for channel in ("1", "2", "2"):
        states.in_use(channel, "ana")
    for channel in ("1", "2", "2", "unknown"):
        states.hung_up(channel)
    assert told == [PhoneChanged(ANA, device) for device in (Device.FREE, Device.BUSY, Device.FREE)]


def test_a_phone_that_is_not_there_is_gone_until_it_is() -> None:
    states, told = states_of(ANA)
    states.tell_all()
    for there in (False, False, True):
        states.is_there("ana", there=there)
        states.is_there("bo", there=there)
    assert told == [PhoneChanged(ANA, device) for device in (Device.FREE, Device.GONE, Device.FREE)]


def test_two_phones_on_one_line_are_as_one() -> None:
    states, told = states_of(ANA, "desk/ana")
    states.tell_all()
    told.clear()
    states.in_use("1", "ana", "ana@example.org")
    assert told == [PhoneChanged("desk/ana", Device.BUSY), PhoneChanged(ANA, Device.BUSY)]
    assert states.phones_on("ana") == {ANA, "desk/ana"}


def test_what_was_is_forgotten_when_the_channels_are_told_anew() -> None:
    states, told = states_of(ANA)
    states.in_use("1", "ana")
    states.forget()
    states.tell_all()
    assert told == [PhoneChanged(ANA, Device.FREE)]


def test_a_phone_that_is_watched_no_more_is_not_told_of() -> None:
    states, told = states_of(ANA)
    states.tell_all()
    states.watch([BO])
    states.in_use("1", "ana", "bo")
    states.tell_all()
    assert told == [PhoneChanged(ANA, Device.FREE), PhoneChanged(BO, Device.BUSY)]
