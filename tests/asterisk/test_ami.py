from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.ami import (
    MAX_FIELDS,
    MAX_LINE,
    MAX_SENT_FIELDS,
    MAX_SENT_LINE,
    AmiError,
    Banner,
    Decoder,
    Message,
    action,
)
from tests.asterisk.recordings import byte_by_byte, lines, whole

BANNER = b"Asterisk Call Manager/11.0.0\r\n"


def fed(data: bytes) -> list[object]:
    return list(whole(Decoder, BANNER + data)[1:])


def recorded(name: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines(name, "S>C")).encode()


@pytest.mark.parametrize("name", ["ami-acd-bridge-holding.txt", "ami-acd-caller-hangs-up-while-ringing.txt"])
def test_a_recording_gives_the_same_messages_whole_and_byte_by_byte(name: str) -> None:
    data = recorded(name)
    messages = whole(Decoder, data)
    assert byte_by_byte(Decoder, data) == messages
    assert messages[0] == Banner("11.0.0")


def test_every_event_of_a_recording_is_there() -> None:
    messages = [m for m in whole(Decoder, recorded("ami-acd-bridge-holding.txt")) if isinstance(m, Message)]
    counted = Counter(message["Event"] for message in messages)
    assert (counted["Hangup"], counted["BridgeEnter"], counted["VarSet"], counted[""]) == (2, 4, 33, 3)


def test_repeated_keys_are_kept_in_order() -> None:
    [message] = fed(b"Response: Success\r\nOutput: one\r\nOutput: two: three\r\n\r\n")
    assert isinstance(message, Message)
    assert list(message.all("Output")) == ["one", "two: three"]
    assert (message["Output"], message["Nothing"]) == ("one", "")


def test_a_letter_cut_in_two_by_a_segment_is_whole() -> None:
    decoder = Decoder()
    data = BANNER + "Event: X\r\nCallerIDName: Muñoz\r\n\r\n".encode()
    cut = data.index(b"\xc3") + 1
    assert decoder.feed(data[:cut]) == [Banner("11.0.0")]
    assert decoder.feed(data[cut:]) == [Message((("Event", "X"), ("CallerIDName", "Muñoz")))]


def test_a_value_with_a_line_break_does_not_end_the_connection() -> None:
    [message] = fed(b"Event: VarSet\r\nValue: one\ntwo\r\nUniqueid: 1.2\r\n\r\n")
    assert message == Message((("Event", "VarSet"), ("Value", "one"), ("", "two"), ("Uniqueid", "1.2")))


def test_empty_lines_between_messages_are_nothing() -> None:
    assert fed(b"\r\n\r\nEvent: X\r\n\r\n\r\n") == [Message((("Event", "X"),))]


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\r\n",
        b"\xff" * (MAX_LINE + 1),
        BANNER + b"X: " + b"x" * MAX_LINE + b"\r\n",
        BANNER + b"X: y\r\n" * (MAX_FIELDS + 1),
    ],
)
def test_what_is_no_manager_is_refused(garbage: bytes) -> None:
    with pytest.raises(AmiError):
        Decoder().feed(garbage)


def test_an_action_as_asterisk_reads_it() -> None:
    sent = action("Setvar", "7", [("Channel", "PJSIP/1001-00000001"), ("Variable", "X"), ("Value", "ñ")])
    expected = "Action: Setvar\r\nActionID: 7\r\nChannel: PJSIP/1001-00000001\r\nVariable: X\r\nValue: ñ\r\n\r\n"
    assert sent == expected.encode()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Channel", "x\r\nAction: Originate"),
        ("Channel", "x\n"),
        ("Channel", "\0"),
        ("Chan\r\nnel", "x"),
        ("Channel: y", "x"),
        ("", "x"),
    ],
)
def test_a_field_that_would_forge_another_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        action("Setvar", "7", [(key, value)])


def test_a_line_that_asterisk_would_drop_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        action("Setvar", "7", [("Value", "x" * MAX_SENT_LINE)])
    with pytest.raises(ValueError, match="more than"):
        action("Originate", "7", [("Variable", "x")] * MAX_SENT_FIELDS)


@given(st.binary(max_size=200))
def test_any_bytes_give_messages_or_ami_error_and_nothing_else(data: bytes) -> None:
    try:
        messages = byte_by_byte(Decoder, BANNER + data)
    except AmiError:
        return
    assert messages == whole(Decoder, BANNER + data)
