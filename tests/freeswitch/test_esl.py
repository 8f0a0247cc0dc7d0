from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.freeswitch.esl import (
    MAX_BODY_BYTES,
    MAX_COMMAND_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_JOB_UUID,
    Decoder,
    EslError,
    Event,
    Message,
    command,
    sendmsg,
)
from tests.freeswitch.recordings import NAMES, byte_by_byte, heard, packets, whole

REPLY = b"Content-Type: command/reply\nReply-Text: +OK\n\n"
OK = Message({"Content-Type": "command/reply", "Reply-Text": "+OK"})
KINDS = [b"text/event-json", b"text/event-plain", b"api/response", b"command/reply"]
WORDS = [*KINDS, b"Content-Type", b"Content-Length", b"Event-Name", b": ", b"\n", b"2", b"{}", b"%0A", b"\xc3"]
UNSHORTENED = Path(__file__).parents[2].parent / "shared" / "lab" / "traces" / "freeswitch"


def plain(inner: bytes) -> bytes:
    return b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % len(inner) + inner


def as_json(text: bytes) -> bytes:
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n" % len(text) + text


# ---- the recordings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_packet_of_a_recording_is_one_message_or_event(name: str) -> None:
    said = [packet.text.encode() for packet in packets(name) if packet.heard]
    assert [len(whole(packet)) for packet in said] == [1] * len(said)


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_gives_the_same_whole_and_byte_by_byte(name: str) -> None:
    data = heard(name)
    assert byte_by_byte(data) == whole(data)


@given(st.data())
def test_a_recording_gives_the_same_in_any_cut(data: st.DataObject) -> None:
    recorded = heard("02j_inbound_plain_errors.txt")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(recorded)), max_size=20)))
    decoder = Decoder()
    pieces = [recorded[start:end] for start, end in zip([0, *cuts], [*cuts, len(recorded)], strict=True)]
    assert [packet for piece in pieces for packet in decoder.feed(piece)] == whole(recorded)


@pytest.mark.parametrize("path", sorted(UNSHORTENED.glob("*.txt")), ids=lambda path: path.name)
def test_a_recording_as_it_was_has_the_same_conversation_as_the_shortened_one(path: Path) -> None:
    full, short = whole(heard(path.name, folder=path.parent)), whole(heard(path.name))
    assert [_gist(packet) for packet in full] == [_gist(packet) for packet in short]


def _gist(packet: Message | Event) -> tuple[str, str]:
    return packet["Event-Name"] or packet["Content-Type"], packet["Event-Sequence"] or packet["Reply-Text"]


def test_every_event_of_a_recording_is_there() -> None:
    events = [packet for packet in whole(heard("01a_outbound_full.txt")) if isinstance(packet, Event)]
    counted = Counter(event.name for event in events)
    assert (counted["DTMF"], counted["PLAYBACK_START"], counted["PLAYBACK_STOP"]) == (5, 6, 6)
    assert [event["DTMF-Digit"] for event in events if event.name == "DTMF"] == ["4", "2", "7", "9", "#"]


def test_the_reply_to_connect_is_the_channel_with_its_headers_decoded() -> None:
    channel = whole(heard("01d_outbound_cancel_before_answer.txt"))[0]
    assert isinstance(channel, Message)
    assert (channel.kind, channel.text, channel["Socket-Mode"], channel["Control"]) == (
        "command/reply",
        "+OK",
        "async",
        "full",
    )
    assert channel["Channel-Name"] == "sofia/internal/caller@127.0.0.1:6060"
    assert channel["variable_switch_r_sdp"].startswith("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n")


def test_replies_errors_and_a_background_job() -> None:
    said = whole(heard("02j_inbound_plain_errors.txt", "inbound"))
    assert [packet.text for packet in said if isinstance(packet, Message)][1:] == [
        "+OK accepted",
        "+OK event listener enabled plain",
        "-ERR No such channel!",
        "-ERR Invalid uuid",
        "-ERR nosuchapi Command not found!",
        "-ERR command not found",
        "-ERR invalid session id [nosuchuuid]",
        "+OK Job-UUID: 46137062-256f-4034-9201-526d9019a60e",
    ]
    job = said[-1]
    assert isinstance(job, Event)
    assert (job.name, job["Job-Command-Arg"], job.body) == (
        "BACKGROUND_JOB",
        "bogus/x &park()",
        "-ERR CHAN_NOT_IMPLEMENTED\n",
    )


def test_a_background_job_in_json_has_its_body() -> None:
    events = [packet for packet in whole(heard("02f_inbound_agent_reject_causes.txt")) if isinstance(packet, Event)]
    assert [event.body for event in events if event.name == "BACKGROUND_JOB"] == [
        "-ERR USER_BUSY\n",
        "-ERR CALL_REJECTED\n",
        "-ERR NO_USER_RESPONSE\n",
        "-ERR UNALLOCATED_NUMBER\n",
        "-ERR NORMAL_TEMPORARY_FAILURE\n",
        "-ERR NO_ANSWER\n",
        "-ERR NO_ANSWER\n",
        "-ERR NORMAL_TEMPORARY_FAILURE\n",
        "-ERR SUBSCRIBER_ABSENT\n",
        "-ERR INVALID_GATEWAY\n",
    ]


def test_a_refused_password_and_the_goodbye() -> None:
    said = whole(heard("02j_inbound_plain_errors.txt", "badauth"))
    kinds = [packet.kind for packet in said if isinstance(packet, Message)]
    assert kinds == ["auth/request", "command/reply", "text/disconnect-notice"]
    assert said[1] == Message({"Content-Type": "command/reply", "Reply-Text": "-ERR invalid"})


# ---- what callers say is data -----------------------------------------------------------------------------------


def test_a_line_break_in_a_callers_name_is_no_header() -> None:
    forged = b"Event-Name: CHANNEL_CREATE\nCaller-Caller-ID-Name: x%0AUnique-ID:%20forged%0A%0AContent-Type:%20auth\n\n"
    assert whole(plain(forged) + REPLY) == [
        Event(
            {
                "Event-Name": "CHANNEL_CREATE",
                "Caller-Caller-ID-Name": "x\nUnique-ID: forged\n\nContent-Type: auth",
            }
        ),
        OK,
    ]


def test_a_line_break_in_the_channels_data_is_no_header() -> None:
    data = b"Event-Name: CHANNEL_DATA\nCaller-Caller-ID-Name: x%0AUnique-ID: y\nUnique-ID: 1\n"
    [channel] = whole(data + b"Content-Type: command/reply\n\n")
    assert (channel["Caller-Caller-ID-Name"], channel["Unique-ID"]) == ("x\nUnique-ID: y", "1")


def test_a_line_break_in_json_is_no_header() -> None:
    forged = rb'{"Event-Name":"CHANNEL_CREATE","Caller-Caller-ID-Name":"x\nUnique-ID: forged","Unique-ID":"1"}'
    [event] = whole(as_json(forged))
    assert (event["Caller-Caller-ID-Name"], event["Unique-ID"]) == ("x\nUnique-ID: forged", "1")


def test_of_a_header_that_comes_twice_the_first_counts() -> None:
    assert whole(plain(b"Event-Name: DTMF\nEvent-Name: forged\n\n")) == [Event({"Event-Name": "DTMF"})]
    assert whole(as_json(b'{"Event-Name":"DTMF","Event-Name":"forged"}')) == [Event({"Event-Name": "DTMF"})]


def test_what_an_api_command_answers_is_not_decoded() -> None:
    [answer] = whole(b"Content-Type: api/response\nContent-Length: 6\n\n100%25")
    assert isinstance(answer, Message)
    assert answer.text == "100%25"


# ---- pieces -----------------------------------------------------------------------------------------------------


def test_a_letter_cut_in_two_by_a_segment_is_whole() -> None:
    decoder = Decoder()
    data = as_json('{"Caller-Caller-ID-Name":"Muñoz"}'.encode())
    cut = data.index(b"\xc3") + 1
    assert decoder.feed(data[:cut]) == []
    assert decoder.feed(data[cut:]) == [Event({"Caller-Caller-ID-Name": "Muñoz"})]


def test_letters_that_are_none_are_replaced() -> None:
    assert whole(plain(b"Name: %ff\xff\n\n")) == [Event({"Name": "\ufffd\ufffd"})]


def test_several_values_read_the_same_in_both_formats() -> None:
    expected = [Event({"variable_a": "ARRAY::one|:two"})]
    assert whole(plain(b"variable_a: ARRAY%3A%3Aone%7C%3Atwo\n\n")) == expected
    assert whole(as_json(b'{"variable_a":["one","two"]}')) == expected


def test_an_absent_header_is_empty_text() -> None:
    assert (OK["Nothing"], Event({}).name) == ("", "")


def test_empty_lines_between_packets_are_nothing() -> None:
    assert whole(b"\n\n" + REPLY + b"\n\n\n" + REPLY) == [OK, OK]


def test_a_body_shorter_than_announced_is_waited_for() -> None:
    decoder = Decoder()
    assert decoder.feed(b"Content-Type: api/response\nContent-Length: 4\n\n+O") == []
    assert decoder.feed(b"K\n" + REPLY)[1:] == [OK]


def test_a_body_longer_than_announced_ends_the_connection() -> None:
    with pytest.raises(EslError, match="no header"):
        whole(b"Content-Type: api/response\nContent-Length: 4\n\n+OK\nand more\n\n")
    with pytest.raises(EslError, match="without Content-Type"):
        whole(b"Content-Type: api/response\nContent-Length: 4\n\n+OK\nReply-Text: +OK\n\n")


# ---- who does not speak the event socket ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"Host: there\n\n",
        b": nothing\n",
        b"\xff" * (MAX_HEADER_BYTES + 1),
        b"X: " + b"x" * MAX_HEADER_BYTES + b"\n",
        b"X: " + b"x" * (MAX_HEADER_BYTES - 4) + b"\nY: yyy",
        b"X: y\n" * (MAX_HEADERS + 1),
        b"Content-Type: api/response\nContent-Length: -1\n\n",
        b"Content-Type: api/response\nContent-Length: many\n\n",
        b"Content-Type: api/response\nContent-Length: %d\n\n" % (MAX_BODY_BYTES + 1),
        b"Content-Type: api/response\nContent-Length: 9999999999\n\n",
        plain(b"Event-Name\n\n"),
        plain(b""),
        plain(b"X: y\n" * (MAX_HEADERS + 1)),
        as_json(b""),
        as_json(b"null"),
        as_json(b"{"),
        as_json(b'{"a":{"b":"c"}}'),
        as_json(b'{"a":[["b"]]}'),
        as_json(b"[" * 100_000),
        as_json(b'{"a":' * 100_000),
        as_json(b"{" + b",".join(b'"%d":"x"' % n for n in range(MAX_HEADERS + 1)) + b"}"),
    ],
    ids=lambda garbage: repr(garbage[-20:]),
)
def test_what_is_no_event_socket_is_refused(garbage: bytes) -> None:
    with pytest.raises(EslError):
        whole(garbage)


@given(st.binary(max_size=200))
def test_any_bytes_give_packets_or_esl_error_and_nothing_else(data: bytes) -> None:
    _same_in_pieces(data)


@given(st.lists(st.sampled_from(WORDS)))
def test_any_pieces_of_packets_give_packets_or_esl_error_and_nothing_else(pieces: list[bytes]) -> None:
    _same_in_pieces(b"".join(pieces))


@given(st.sampled_from([plain, as_json]), st.binary(max_size=100))
def test_any_event_gives_one_or_esl_error_and_nothing_else(packed: object, inner: bytes) -> None:
    assert callable(packed)
    _same_in_pieces(packed(inner))


@given(st.text(max_size=50), st.text(max_size=50))
def test_json_says_what_it_said(name: str, value: str) -> None:
    [event] = whole(as_json(json.dumps({"Event-Name": "CUSTOM", f"variable_{name}": value}).encode()))
    assert event[f"variable_{name}"] == value


def _same_in_pieces(data: bytes) -> None:
    try:
        found = byte_by_byte(data)
    except EslError:
        return
    assert found == whole(data)


# ---- what we say ------------------------------------------------------------------------------------------------


def test_commands_as_freeswitch_reads_them() -> None:
    assert command("api uuid_kill x") == b"api uuid_kill x\n\n"
    assert command("bgapi originate user/ñ &park()", job_uuid="7") == (
        "bgapi originate user/ñ &park()\nJob-UUID: 7\n\n".encode()
    )


def test_a_message_to_a_channel_as_recorded_but_locked() -> None:
    said = [packet.text.rstrip() for packet in packets("01a_outbound_full.txt") if not packet.heard]
    assert [f"{packet}\nevent-lock: true\n\n".encode() for packet in said[5:8]] == [
        sendmsg("", "answer"),
        sendmsg("", "playback", "tone_stream://%(500,100,440);loops=2", event_uuid="tone-1"),
        sendmsg("", "playback", "/srv/fs/sounds/prompt.wav", event_uuid="wav-1"),
    ]


def test_a_message_to_another_channel_names_it() -> None:
    assert sendmsg("1-2", "park") == b"sendmsg 1-2\ncall-command: execute\nexecute-app-name: park\nevent-lock: true\n\n"


def test_an_argument_is_taken_as_it_is_or_refused() -> None:
    with pytest.raises(ValueError, match="expand"):
        sendmsg("", "set", "name=${sip_password}")


@pytest.mark.parametrize("line", ["api x\n\napi hupall", "api x\r", "api \0", "\x1b[2J", "", " "])
def test_a_line_that_would_forge_another_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        command(line)


def test_a_field_that_would_forge_another_is_refused() -> None:
    for fields in [("a\nb", "playback", ""), ("", "play\nback", ""), ("", "playback", "x\nloops: 9")]:
        with pytest.raises(ValueError, match="control character"):
            sendmsg(*fields)
    for event_uuid in ["x\n\napi hupall", "\r"]:
        with pytest.raises(ValueError, match="control character"):
            sendmsg("", "playback", "x", event_uuid=event_uuid)
    with pytest.raises(ValueError, match="control character"):
        command("bgapi status", job_uuid="x\nFoo: bar")


@pytest.mark.parametrize("name", ["unload mod_event_socket", "Reload Mod_Event_Socket"])
def test_no_name_of_a_caller_makes_freeswitch_unload_its_event_socket(name: str) -> None:
    with pytest.raises(ValueError, match="unload"):
        command(f"bgapi originate {{origination_caller_id_name='{name}'}}user/1 &park()")


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        command("x" * MAX_COMMAND_BYTES)
    with pytest.raises(ValueError, match="more than"):
        command("bgapi status", job_uuid="x" * (MAX_JOB_UUID + 1))
