from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.agi import (
    MAX_ENVIRONMENT_LINES,
    MAX_LINE,
    MAX_USAGE_LINES,
    AgiError,
    Decoder,
    Environment,
    Hangup,
    Reply,
    command,
)
from tests.asterisk.recordings import byte_by_byte, lines, whole

ENVIRONMENT = b"agi_network: yes\nagi_uniqueid: 1795192427.13\n\n"


def fed(*data: bytes) -> list[object]:
    decoder = Decoder()
    return [frame for piece in (ENVIRONMENT, *data) for frame in decoder.feed(piece)][1:]


def recorded(name: str, connection: int) -> bytes:
    return "".join(f"{line}\n" for line in lines(name, "C>S", connection)).encode()


@pytest.mark.parametrize(
    ("name", "connection"),
    [
        ("fastagi-full.txt", 1),
        ("fastagi-acd-kill-agi.txt", 1),
        ("fastagi-acd-kill-agi.txt", 3),
        ("fastagi-acd-redirect.txt", 1),
        ("fastagi-acd-redirect.txt", 2),
        ("fastagi-acd-agi-bridgewait.txt", 1),
        ("fastagi-acd-caller-hangs-up-while-ringing.txt", 1),
    ],
)
def test_a_recording_gives_the_same_frames_whole_and_byte_by_byte(name: str, connection: int) -> None:
    data = recorded(name, connection)
    frames = whole(Decoder, data)
    assert byte_by_byte(Decoder, data) == frames
    assert isinstance(frames[0], Environment)
    assert frames[0].values["channel"].startswith("PJSIP/caller-")


def test_a_whole_session_as_asterisk_spoke_it() -> None:
    assert whole(Decoder, recorded("fastagi-full.txt", 1))[1:] == [
        Reply(200, "0"),
        Reply(200, "0"),
        Reply(200, "1234"),
        Reply(200, "1", "PJSIP/caller-0000066c"),
        Reply(200, "0"),
        Reply(200, "35"),
        Reply(510),
        Reply(520),
        Reply(200, "1"),
        Hangup(),
    ]


def test_a_dead_channel_answers_511_but_variables_still_work() -> None:
    assert whole(Decoder, recorded("fastagi-acd-kill-agi.txt", 3))[-6:] == [
        Hangup(),
        Reply(200, "1", "PJSIP/caller-00000677"),
        Reply(200, "1"),
        Reply(511),
        Reply(200, "0"),
        Reply(511),
    ]


def test_hangup_between_two_replies_is_no_reply() -> None:
    assert fed(b"200 result=0\nHANGUP\n200 result=1\n") == [Reply(200, "0"), Hangup(), Reply(200, "1")]


def test_usage_that_looks_like_a_reply_or_a_hangup_belongs_to_the_520() -> None:
    assert fed(b"520-Invalid command syntax.\n200 result=0\nHANGUP\n\n520 End of proper usage.\n") == [Reply(520)]


def test_a_520_without_a_usage_is_one_line() -> None:
    assert fed(b"520 Invalid command syntax.  Proper usage not available.\n200 result=0\n") == [
        Reply(520),
        Reply(200, "0"),
    ]


def test_the_keys_of_get_data_that_timed_out_are_kept() -> None:
    assert fed(b"200 result=12 (timeout)\n200 result= (timeout)\n") == [
        Reply(200, "12", "timeout"),
        Reply(200, "", "timeout"),
    ]


def test_a_value_may_hold_parentheses_and_letters_beyond_ascii() -> None:
    assert fed("200 result=1 (Zoë (home))\n".encode()) == [Reply(200, "1", "Zoë (home)")]


def test_a_value_of_the_environment_may_be_empty_or_hold_a_colon() -> None:
    data = b"agi_request: agi://127.0.0.1:4573/call\nagi_accountcode: \n\n"
    assert whole(Decoder, data) == [Environment({"request": "agi://127.0.0.1:4573/call", "accountcode": ""})]


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n",
        b"\n",
        b"\x16\x03\x01\x02\x00\x01\n",
        b"agi_no_colon\n",
        b"x" * (MAX_LINE + 1),
        b"agi_x: " + b"x" * MAX_LINE + b"\n",
        b"".join(b"agi_arg_%d: x\n" % number for number in range(MAX_ENVIRONMENT_LINES + 1)),
    ],
)
def test_what_is_no_environment_is_refused(garbage: bytes) -> None:
    with pytest.raises(AgiError):
        Decoder().feed(garbage)


@pytest.mark.parametrize(
    "garbage", [b"hello\n", b"\n", b"20 result=0\n", b"520-x\n" + b"usage\n" * MAX_USAGE_LINES, b"2" * (MAX_LINE + 1)]
)
def test_what_is_no_reply_is_refused(garbage: bytes) -> None:
    with pytest.raises(AgiError):
        fed(garbage)


def test_words_are_quoted_where_asterisk_would_split_them() -> None:
    assert command("EXEC", "AudioSocket", "4b86b613,127.0.0.1:9092") == b"EXEC AudioSocket 4b86b613,127.0.0.1:9092\n"
    assert command("STREAM", "FILE", "/a b/c", "") == b'STREAM FILE "/a b/c" ""\n'
    assert command("SET", "VARIABLE", "X", 'say "hi" \\ñ') == 'SET VARIABLE X "say \\"hi\\" \\\\ñ"\n'.encode()


@pytest.mark.parametrize("word", ["a\nANSWER", "a\rb", "a\0b", "\x7f", "a\tb"])
def test_a_control_character_would_start_a_second_command_and_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        command("SET", "VARIABLE", "X", word)


def test_a_command_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        command("NOOP", "x" * MAX_LINE)


@given(st.binary(max_size=200))
def test_any_bytes_give_frames_or_agi_error_and_nothing_else(data: bytes) -> None:
    try:
        frames = byte_by_byte(Decoder, ENVIRONMENT + data)
    except AgiError:
        return
    assert frames == whole(Decoder, ENVIRONMENT + data)
