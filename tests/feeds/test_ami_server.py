"""Wallboards on the wire: what they may ask, what they hear, and what becomes of peers that are none."""

from __future__ import annotations

import asyncio

import pytest
from panoramisk import Manager

from acd import events
from ivr.feeds import ami_events, ami_server
from ivr.feeds.ami_server import Access, AmiServer
from ivr.feeds.listening import CannotListen
from tests.fakes import PATIENCE, Seen
from tests.feeds.told import ANA, Practice
from tests.feeds.wallboard import Connection, Hall, served

BANNER = "Asterisk Call Manager/11.0.0\r\n"
LOGIN = ("Action: Login", "Username: board", "Secret: hush", "ActionID: 1")
WELCOME = "Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"


async def logged_in(hall: Hall) -> Connection:
    wallboard = await hall.connected()
    assert await wallboard.line() == BANNER
    assert await wallboard.asks(*LOGIN) == WELCOME
    assert await wallboard.hears() == "Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"
    return wallboard


def joined(practice: Practice, server: AmiServer, call: str) -> None:
    for fact in practice.after(events.CallerJoined(call, "desk"), at=1090):
        server.tell(ami_events.happened(fact, server._board))


async def test_a_conversation_byte_by_byte() -> None:
    async with served(Practice(queues=())) as hall:
        wallboard = await logged_in(hall)
        assert await wallboard.asks("Action: Ping", "ActionID: 2") == (
            "Response: Success\r\nActionID: 2\r\nPing: Pong\r\nTimestamp: 1100.000000\r\n\r\n"
        )
        assert await wallboard.asks("Action: QueueStatus", "ActionID: 3") == (
            "Response: Success\r\nActionID: 3\r\nEventList: start\r\nMessage: Queue status will follow\r\n\r\n"
        )
        assert await wallboard.hears() == (
            "Event: QueueStatusComplete\r\nActionID: 3\r\nEventList: Complete\r\nListItems: 0\r\n\r\n"
        )
        assert await wallboard.asks("Action: Events", "EventMask: off") == "Response: Success\r\nEvents: Off\r\n\r\n"
        assert await wallboard.asks("action:logoff") == "Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n"
        assert await wallboard.is_cut()


async def test_the_conversation_may_come_in_any_pieces() -> None:
    async with served(Practice()) as hall:
        wallboard = await hall.connected()
        for byte in "".join(f"{line}\r\n" for line in (*LOGIN, "")).encode():
            wallboard.writer.write(bytes([byte]))
            await wallboard.writer.drain()
        assert await wallboard.line() == BANNER
        assert await wallboard.hears() == WELCOME


async def test_all_who_listen_hear_what_happens_and_nobody_else() -> None:
    practice = Practice()
    async with served(practice) as hall:
        hears, hears_not, stranger = await logged_in(hall), await logged_in(hall), await hall.connected()
        await hears_not.asks("Action: Events", "EventMask: system,call")
        joined(practice, hall.server, "c1")
        event = await hears.hears()
        assert event.startswith("Event: QueueCallerJoin\r\nPrivilege: agent,all\r\nChannel: Careline/c1\r\n")
        assert event.endswith("Queue: desk\r\nPosition: 1\r\nCount: 1\r\n\r\n")
        assert (await hears_not.asks("Action: Ping")).startswith("Response: Success\r\nPing: Pong")
        assert await stranger.line() == BANNER
        assert await stranger.asks("Action: QueueStatus") == "Response: Error\r\nMessage: Permission denied\r\n\r\n"


async def test_a_wrong_user_or_secret_is_refused() -> None:
    async with served(Practice()) as hall:
        for wrong in (("Username: board", "Secret: no"), ("Username: nobody", "Secret: hush"), ("Secret: hü",)):
            wallboard = await hall.connected()
            await wallboard.line()
            refused = await wallboard.asks("Action: Login", *wrong)
            assert refused == "Response: Error\r\nMessage: Authentication failed\r\n\r\n"
            assert await wallboard.is_cut()


async def test_without_a_user_nobody_has_to_log_in() -> None:
    async with served(Practice(), Access()) as hall:
        wallboard = await hall.connected()
        await wallboard.line()
        assert (await wallboard.asks("Action: Ping")).startswith("Response: Success")
        assert (await wallboard.asks("Action: Login", "Username: any")).startswith("Response: Success")


async def test_whatever_would_change_something_is_refused() -> None:
    async with served(Practice(ANA)) as hall:
        wallboard = await logged_in(hall)
        for action in ("QueuePause", "Originate", "Command", "Hangup", "nonsense", "__class__"):
            refused = await wallboard.asks(f"Action: {action}", "ActionID: 9", "Interface: PJSIP/1001")
            assert refused == "Response: Error\r\nActionID: 9\r\nMessage: Invalid/unknown command\r\n\r\n"


async def test_panoramisk_reads_queues_and_events() -> None:
    practice = Practice(ANA)
    async with served(practice) as hall:
        manager = Manager(host="127.0.0.1", port=hall.port, username="board", secret="hush", ping_delay=PATIENCE)
        heard: Seen[str] = Seen()
        booted: Seen[str] = Seen()
        manager.register_event("FullyBooted", lambda _, message: booted.add(message.event))
        manager.register_event("Queue*", lambda _, message: heard.add(f"{message.event} {message.queue}"))
        await manager.connect()
        await booted.until(bool)
        answers = await manager.send_action({"Action": "QueueStatus"}, as_list=True)
        assert [answer.event for answer in answers if answer.event] == [
            *("QueueParams", "QueueMember", "QueueParams", "QueueMember", "QueueStatusComplete"),
        ]
        joined(practice, hall.server, "c1")
        await heard.until(lambda event: event == "QueueCallerJoin desk")
        manager.close()


@pytest.mark.parametrize(
    "attack",
    [
        b"A" * 3_000_000,
        b"Action: Ping\r\n" + b"X: y\r\n" * 200,
        b"\r\n" * 500,
        b"\x00\xff" * 5000,
    ],
    ids=["endless line", "endless headers", "empty lines", "noise"],
)
async def test_a_peer_that_is_no_wallboard_is_cut(attack: bytes) -> None:
    async with served(Practice()) as hall:
        peer = await hall.connected()
        peer.writer.write(attack)
        assert await peer.is_cut()
        assert (await logged_in(hall)).writer


async def test_a_peer_that_reads_nothing_is_cut_and_the_others_hear_on() -> None:
    async with served(Practice()) as hall:
        slow, hears = await logged_in(hall), await logged_in(hall)
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport can
        message = ami_events.Message((("Event", "E"), ("Data", "x" * 50_000)))
        async with asyncio.timeout(PATIENCE):
            while len(hall.server._wallboards) > 1:
                hall.server.tell([message])
                await hears.hears()
        assert (await hears.asks("Action: Ping")).startswith("Response: Success")


async def test_no_more_connections_than_a_practice_has_wallboards() -> None:
    async with served(Practice()) as hall:
        wallboards = [await logged_in(hall) for _ in range(ami_server.MOST_CONNECTIONS)]
        assert await (await hall.connected()).is_cut()
        await wallboards[0].asks("Action: Logoff")
        assert await wallboards[0].is_cut()
        await logged_in(hall)


async def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    async with served(Practice()) as hall:
        with pytest.raises(CannotListen) as error:
            await AmiServer(hall.server._board, Access()).open("127.0.0.1", hall.port)
        assert str(error.value).startswith(f"the feed 'ami' cannot listen on 127.0.0.1:{hall.port}: ")
        assert str(error.value).endswith("choose another port (feeds: ami: port) in the settings")
