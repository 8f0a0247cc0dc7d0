"""The PBX that the settings name, as calls come in and people are rung: the one place that knows both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ivr.asterisk import rehearsing as on_asterisk
from ivr.asterisk.front_door import AsteriskFrontDoor
from ivr.asterisk.settings import AsteriskSettings
from ivr.freeswitch import rehearsing as on_freeswitch
from ivr.freeswitch.front_door import FreeSwitchFrontDoor
from ivr.freeswitch.settings import FreeSwitchSettings
from ivr.sockets import Address

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from ivr import settings as given
    from ivr.call import Call
    from ivr.own_calls import OwnCalls
    from ivr.services import Ears, Switch


class FrontDoor(Protocol):
    @property
    def switch(self) -> Switch: ...

    @property
    def up(self) -> bool:
        """Whether the PBX's control connection is up."""

    async def start(self) -> None:
        """Raises CannotListen and LoginRefused, each one sentence. The PBX may come up later."""

    async def close(self) -> None:
        """Callers hear music, and come again to whoever listens next; talks go on."""


def front_door_of(
    settings: given.Settings,
    ears: Callable[[], Ears],
    on_call: Callable[[Call], Awaitable[None]],
    on_person: Callable[[str, bool], Awaitable[bool]],
) -> FrontDoor:
    """As AsteriskFrontDoor and FreeSwitchFrontDoor take them."""
    if settings.freeswitch:
        return FreeSwitchFrontDoor(freeswitch_of(settings.freeswitch), ears, on_call, on_person)
    return AsteriskFrontDoor(asterisk_of(settings.asterisk), ears, on_call, on_person)


def placing_calls_of(settings: given.Settings, entry: str | None = None) -> AbstractAsyncContextManager[OwnCalls]:
    """A way to have the PBX call itself; `entry` is where it takes callers in, if not in the shipped hook."""
    if settings.freeswitch:
        return on_freeswitch.placing_calls(freeswitch_of(settings.freeswitch), entry or on_freeswitch.ENTRY)
    return on_asterisk.placing_calls(asterisk_of(settings.asterisk), entry or on_asterisk.ENTRY)


def asterisk_of(asterisk: given.Asterisk) -> AsteriskSettings:
    ami, agi, audio = asterisk.ami, asterisk.agi, asterisk.audiosocket
    return AsteriskSettings(
        secret=ami.secret,
        user=ami.user,
        ami=Address(ami.host, ami.port),
        agi=Address(agi.host, agi.port),
        audio=Address(audio.host, audio.port),
    )


def freeswitch_of(freeswitch: given.FreeSwitch) -> FreeSwitchSettings:
    esl, outbound = freeswitch.esl, freeswitch.outbound
    return FreeSwitchSettings(
        password=esl.password,
        esl=Address(esl.host, esl.port),
        outbound=Address(outbound.host, outbound.port),
        audio=freeswitch.audio,
        phones=freeswitch.phones,
    )
