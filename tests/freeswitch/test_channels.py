from __future__ import annotations

import asyncio
import json

from ivr.freeswitch.channels import Channel, Listing, listed
from ivr.freeswitch.esl import Message
from ivr.services import Live

LEG, LATE_LEG, CALL, BACK = "careline-leg-1", "careline-leg-2", "call-1", "careline-back-1"
NOBODY = "-ERR No such channel!\n"


class Answering:
    """A connection on which each line has its answer; a line without one is about a channel that is gone."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers

    def begin_all(self, lines: list[str]) -> list[asyncio.Future[Message]]:
        replies = [asyncio.get_running_loop().create_future() for _ in lines]
        for reply, line in zip(replies, lines, strict=True):
            reply.set_result(Message({"Content-Type": "api/response"}, self._answers.get(line, NOBODY)))
        return replies

    async def rows(self, what: str) -> list[dict[str, str]]:
        return [dict(row) for row in json.loads(self._answers[what])]


def row(uuid: str, context: str = "default") -> dict[str, str]:
    return {"uuid": uuid, "context": context, "state": "CS_EXECUTE", "callstate": "ACTIVE"}


async def test_what_is_listed_late_or_too_long_is_asked_for_one_by_one() -> None:
    rows = [row(LEG), row(CALL, "careline"), row("gone", "careline"), row(BACK), row("stranger")]
    answers = {"show channels as json": json.dumps(rows)}
    for leg, partner in ((LEG, CALL), (LATE_LEG, "_undef_")):
        answers |= {f"api uuid_getvar {leg} bridge_to": partner, f"api uuid_getvar {leg} current_application": "park"}
    answers |= {f"api uuid_getvar {call} last_bridge_to": "_undef_" for call in (CALL, BACK)}
    found = await listed(Answering(answers), frozenset({LATE_LEG, "call-0"}), "careline")
    assert found.live() == Live(frozenset({CALL, BACK}), frozenset({LEG, LATE_LEG}), frozenset({(CALL, LEG)}))
    assert {channel.id: channel.application for channel in found.ours} == {
        LEG: "park",
        LATE_LEG: "park",
        CALL: "",
        BACK: "",
    }
    assert [each["uuid"] for each in found.rows] == [LEG, CALL, "gone", BACK, "stranger"]


def test_a_talk_with_somebody_who_is_no_caller_of_ours_is_none() -> None:
    found = Listing((Channel(LEG, {}, "park", "stranger"),), (), frozenset())
    assert found.live() == Live(frozenset(), frozenset({LEG}), frozenset())


def test_a_channel_is_up_once_something_runs_on_it_or_its_state_says_so() -> None:
    channels = [
        Channel(LEG, {}),
        Channel(LEG, {}, "park"),
        Channel(LEG, row(LEG)),
        Channel(LEG, {"callstate": "RINGING"}),
    ]
    assert [channel.up for channel in channels] == [False, True, True, False]
