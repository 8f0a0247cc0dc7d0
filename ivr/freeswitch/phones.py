"""How the persons' phones are, our own legs left out.

A phone is busy while a channel of its user is no leg of ours: CHANNEL_CREATE, CHANNEL_HANGUP, and `show channels` to
begin with. It is gone while its user is not registered: sofia::register, sofia::unregister, sofia::expire, and
sofia_contact to begin with. A phone that is no registered user, such as a mobile behind a gateway, is free: only
ringing it tells.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING

from ivr.freeswitch.addresses import line_of, user_of
from ivr.persons.phone_states import PhoneStates
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from ivr.freeswitch.connection import EslConnection
    from ivr.freeswitch.esl import Event, Message
    from ivr.freeswitch.settings import FreeSwitchSettings
    from ivr.persons.news import Tell

NOT_THERE = "error/user_not_registered"  # source: mod_sofia.c, sofia_contact_function
ASK_SECONDS = 1.0  # sofia::expire is told before the registration is deleted, and another phone may be left
_CHANNEL = re.compile(r"sofia/[^/]+/(?P<user>[^/@]+)@(?P<host>[^/:;]+)")


class PhoneWatch:
    """`is_leg` tells a channel's id of our own from others."""

    def __init__(
        self, settings: FreeSwitchSettings, connection: EslConnection, tell: Tell, is_leg: Callable[[str], bool]
    ) -> None:
        self._settings = settings
        self._esl = connection
        self._is_leg = is_leg
        self._states = PhoneStates(tell, line_of=self._line_of)

    def phone_of(self, user: str) -> str | None:
        """The watched phone of `user`; either may be named without a domain."""
        phones = (phone for phone in self._states.watched if _is_same(user_of(phone, self._settings), user.lower()))
        return min(phones, default=None)

    async def watch(self, phones: Collection[str]) -> None:
        """Without a connection they are told of once there is one."""
        self._states.watch(phones)
        if self._esl.up:
            try:
                await self._tell_all()
            except SwitchDown:
                return

    async def came_up(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Tell how every phone is, now that these channels are listed. Raises SwitchDown."""
        self._states.forget()
        for row in rows:
            self._take_channel(*(row.get(key, "") for key in ("uuid", "presence_id", "name")))
        await self._tell_all()

    def take(self, event: Event) -> None:
        match event.name:
            case "CHANNEL_CREATE" | "CHANNEL_PROGRESS" | "CHANNEL_PROGRESS_MEDIA" | "CHANNEL_ANSWER":
                keys = ("Unique-ID", "Channel-Presence-ID", "Channel-Name")
                self._take_channel(*(event[key] for key in keys))
            case "CHANNEL_HANGUP" | "CHANNEL_HANGUP_COMPLETE":
                self._states.hung_up(event["Unique-ID"])
            case "CUSTOM":
                self._take_registration(event)

    def _line_of(self, phone: str) -> str:
        return line_of(phone, self._settings)

    async def _tell_all(self) -> None:
        users = {user for phone in self._states.watched if (user := user_of(phone, self._settings))}
        asked = {user: self._ask(user) for user in sorted(users)}
        for user, answer in asked.items():
            self._take_contact(user, (await answer).text)
        self._states.tell_all()

    def _ask(self, user: str) -> asyncio.Future[Message]:
        """In every profile; FreeSWITCH puts its own domain where none is named. Raises SwitchDown."""
        return self._esl.begin(f"api sofia_contact */{user}")

    def _ask_again(self, user: str) -> None:
        if self._esl.up:
            self._ask(user).add_done_callback(partial(self._take_answer, user))

    def _take_answer(self, user: str, answer: asyncio.Future[Message]) -> None:
        if not (answer.cancelled() or answer.exception()):
            self._take_contact(user, answer.result().text)

    def _take_contact(self, user: str, contact: str) -> None:
        self._states.is_there(user, there=contact != NOT_THERE)

    def _take_channel(self, unique_id: str, presence_id: str, name: str) -> None:
        """Whose channel it is says its presence id. One without is called as whom it rings, or who rings."""
        if self._is_leg(unique_id):
            return
        named = _CHANNEL.match(name)
        user, _, host = (presence_id or (f"{named['user']}@{named['host']}" if named else "")).lower().partition("@")
        if user:
            self._states.in_use(unique_id, *_lines(user, host))

    def _take_registration(self, event: Event) -> None:
        match event["Event-Subclass"]:
            case "sofia::register":
                for line in _lines(event["from-user"].lower(), event["from-host"].lower()):
                    self._states.is_there(line, there=True)
            case "sofia::unregister":
                self._ask_soon(event["from-user"].lower(), event["from-host"].lower())
            case "sofia::expire":
                self._ask_soon(event["user"].lower(), event["host"].lower())

    def _ask_soon(self, user: str, host: str) -> None:
        for line in _lines(user, host):
            if self._states.phones_on(line):
                asyncio.get_running_loop().call_later(ASK_SECONDS, self._ask_again, line)


def _lines(user: str, host: str = "") -> tuple[str, ...]:
    """As a phone may be named: a user of any domain, or of this one."""
    return (user, f"{user}@{host}") if host else (user,)


def _is_same(one: str | None, other: str) -> bool:
    (user, _, host), (other_user, _, other_host) = (one or "").partition("@"), other.partition("@")
    return user == other_user != "" and (host == other_host or not (host and other_host))
