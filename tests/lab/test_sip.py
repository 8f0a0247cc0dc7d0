"""SIP and SDP text, read and written."""

import pytest

from lab import sip
from lab.g711 import ALAW, ULAW, Codec

INVITE = (
    b"INVITE sip:ana@127.0.0.1:5071 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:5060;branch=z9\r\n"
    b'f: "Careline" <sip:100@127.0.0.1>;tag=1\r\nt: <sip:ana@127.0.0.1>\r\nCall-ID: x\r\nCSeq: 7 INVITE\r\n'
    b"Subject: two\r\n lines\r\n\r\n"
)


def test_short_names_and_folded_lines_are_read() -> None:
    message = sip.parse(INVITE)
    assert (message.method, message.code, message.get("subject")) == ("INVITE", 0, "two lines")
    assert sip.address(message.get("from")) == "sip:100@127.0.0.1"


def test_a_response_answers_its_request() -> None:
    answer = sip.parse(sip.response(sip.parse(INVITE), 486, tag="t").encode())
    assert (answer.start, answer.method, answer.get("to")) == (
        "SIP/2.0 486 Busy Here",
        "INVITE",
        "<sip:ana@127.0.0.1>;tag=t",
    )


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"GET / HTTP/1.1\r\nCall-ID: 1\r\nCSeq: 1 X\r\n\r\n", INVITE[:40]])
def test_what_is_no_sip_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a SIP message"):
        sip.parse(data)


@pytest.mark.parametrize("codec", [ULAW, ALAW])
def test_an_offer_comes_back_as_it_was(codec: Codec) -> None:
    offer = sip.Media("127.0.0.1", 4000, codec, 96)
    assert sip.media(offer.offer()) == offer


def test_an_offer_without_a_codec_of_ours_is_none() -> None:
    assert sip.media("c=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 9 18\r\n") is None


def test_an_address_without_a_port_means_the_usual_one() -> None:
    assert sip.host_and_port("sip:100@127.0.0.1") == ("127.0.0.1", 5060)
    with pytest.raises(ValueError, match="write it like"):
        sip.host_and_port("100")
