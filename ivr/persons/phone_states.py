"""How the persons' phones are, our own legs left out, from what a PBX tells of its channels and of who is there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ivr.services import Device, PhoneChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ivr.persons.news import Tell


class PhoneStates:
    """A phone is what the plan names, a line is what the PBX calls it: `line_of` tells the line of a phone.

    A phone is busy while its line has a channel, else gone while its line is, else free.
    """

    def __init__(self, tell: Tell, line_of: Callable[[str], str]) -> None:
        self.watched: frozenset[str] = frozenset()
        self._emit = tell
        self._line_of = line_of
        self._channels: dict[str, tuple[str, ...]] = {}  # the lines, by id of the channel
        self._in_use = Counter[str]()  # how many channels each line has
        self._gone: set[str] = set()
        self._told: dict[str, Device] = {}
        self._phones: dict[str, set[str]] = {}  # those that are watched, by line

    def watch(self, phones: Collection[str]) -> None:
        self.watched = frozenset(phones)
        self._told.clear()
        self._phones.clear()
        for phone in self.watched:
            self._phones.setdefault(self._line_of(phone), set()).add(phone)

    def forget(self) -> None:
        """The PBX is about to tell anew which channels there are."""
        self._told.clear()
        self._channels.clear()
        self._in_use.clear()

    def phones_on(self, line: str) -> frozenset[str]:
        return frozenset(self._phones.get(line, ()))

    def in_use(self, channel: str, *lines: str) -> None:
        """The channel uses the lines, until it hangs up."""
        if channel not in self._channels:
            self._channels[channel] = lines
            self._in_use.update(lines)
            self._tell(lines)

    def hung_up(self, channel: str) -> None:
        lines = self._channels.pop(channel, ())
        self._in_use.subtract(lines)
        self._tell(lines)

    def is_there(self, line: str, there: bool) -> None:
        if there:
            self._gone.discard(line)
        else:
            self._gone.add(line)
        self._tell((line,))

    def tell_all(self) -> None:
        for phone in sorted(self.watched):
            self._told[phone] = self._device(phone)
            self._emit(PhoneChanged(phone, self._told[phone]))

    def _tell(self, lines: Collection[str]) -> None:
        """Tell a change of what was told."""
        for phone in sorted(phone for line in lines for phone in self._phones.get(line, ())):
            device = self._device(phone)
            if self._told.get(phone, device) is not device:
                self._told[phone] = device
                self._emit(PhoneChanged(phone, device))

    def _device(self, phone: str) -> Device:
        line = self._line_of(phone)
        if self._in_use[line] > 0:
            return Device.BUSY
        return Device.GONE if line in self._gone else Device.FREE
