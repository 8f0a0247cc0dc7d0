"""Reads what the record tells about the queues' traffic: who came when, how the wait ended, how long a person was busy.

No patient data is read: neither numbers nor words, nor the key that they are sealed with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from acd.forecast import Visit
from acd.patience import Ending, Wait
from ivr.record import Where
from ivr.store import queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import RowMapping

    from ivr.store.database import Database


async def visits(database: Database, since: float) -> list[Visit]:
    """Every caller's stay in a queue, of the calls that started at or after `since`, in the order of the calls.

    A caller who goes on to another queue visits both; who comes back after an outage visits once. Whom a queue's rule
    moves, with the place by age, goes on with the same visit and the same wait.
    """
    async with database.reading() as connection:
        lines = (await connection.execute(queries.VISITS, {"since": since})).mappings()
        return [visit for _, call in groupby(lines, key=itemgetter("call")) for visit in _visits(call)]


@dataclass(slots=True)
class _Stay:
    queue: str
    joined: float
    ring_seconds: float | None = None
    talk_seconds: float = 0.0
    wait: Wait | None = None

    def ends(self, at: float, ended: Ending) -> None:
        """The first end of the wait is the one; a clock that was set back makes it 0."""
        self.wait = self.wait or Wait(max(at - self.joined, 0.0), ended)

    def visit(self) -> Visit:
        handled = None if self.ring_seconds is None else self.ring_seconds + self.talk_seconds
        return Visit(self.queue, self.joined, handled, self.wait)


def _visits(lines: Iterable[RowMapping]) -> Iterator[Visit]:
    """Of one call, whose lines come in their order."""
    stays: list[_Stay] = []
    rang: float | None = None
    for line in lines:
        at: float = line["at"]
        match line["kind"]:
            case "Joined":
                queue = json.loads(line["data"])["queue"]
                if not stays or stays[-1].queue != queue or stays[-1].ring_seconds is not None:
                    if stays:
                        stays[-1].ends(at, Ending.ELSEWHERE)
                    stays.append(_Stay(queue, at))
            case "Offered":
                rang = at
            case "Connected" if stays:
                stays[-1].ring_seconds = 0.0 if rang is None else at - rang
                stays[-1].ends(at, Ending.ANSWERED)
            case "TalkEnded" if stays:
                stays[-1].talk_seconds += json.loads(line["data"])["seconds"]
            case "HungUp" if stays:
                stays[-1].ends(at, _of_hang_up(json.loads(line["data"])))
            case "Overflowed" | "WentByChoice" | "CallbackAgreed" if stays:
                stays[-1].ends(at, Ending.ELSEWHERE)
    return (stay.visit() for stay in stays)


def _of_hang_up(data: Mapping[str, Any]) -> Ending:
    """The plan hangs up, too; and a hang-up in a menu is none in line."""
    gave_up = data["where"] == Where.QUEUE and not data["by_us"]
    return Ending.GAVE_UP if gave_up else Ending.ELSEWHERE
