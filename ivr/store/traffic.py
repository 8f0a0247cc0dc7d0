"""Reads what the record tells about the queues' traffic: who came when, and how long a person was busy with it.

No patient data is read: neither numbers nor words, nor the key that they are sealed with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from acd.forecast import Visit
from ivr.store import queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import RowMapping

    from ivr.store.database import Database


async def visits(database: Database, since: float) -> list[Visit]:
    """Every caller's stay in a queue, of the calls that started at or after `since`, in the order of the calls.

    A caller who goes on to another queue visits both; who comes back after an outage visits once.
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

    def visit(self) -> Visit:
        answered = self.ring_seconds is not None
        return Visit(self.queue, self.joined, (self.ring_seconds or 0.0) + self.talk_seconds if answered else None)


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
                    stays.append(_Stay(queue, at))
            case "Offered":
                rang = at
            case "Connected" if stays:
                stays[-1].ring_seconds = 0.0 if rang is None else at - rang
            case "TalkEnded" if stays:
                stays[-1].talk_seconds += json.loads(line["data"])["seconds"]
    return (stay.visit() for stay in stays)
