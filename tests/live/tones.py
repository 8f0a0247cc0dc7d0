"""Prompts that are short tones: a call takes seconds, and a recording tells which of them was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.reading.load import load
from ivr.menus.words.wording import prompts_of
from lab.sound import Pcm, Span, hears_tone, tone, write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from lab.call import PhoneCall

SHORT_SECONDS = 0.12
ANY_HZ = 600.0
HZ = {
    "welcome": 700.0,
    "voicemail_please": 800.0,
    "voicemail_saved": 900.0,
    "beep": 1000.0,
    "not_understood": 1100.0,
    "please_press": 1200.0,
    "callback_number_is": 1300.0,
    "callback_greeting": 1500.0,
    "accept_press": 1700.0,
    "accept_pin": 1900.0,
    "alert_press": 2200.0,
    "place_kept": 2300.0,
    "code_pin": 2500.0,
    "code_pin_again": 2600.0,
    "closure.snow.off": 2700.0,
    "closure.snow.switched_on": 2800.0,
    "closure.snow.on": 2900.0,
    "snow_message": 3000.0,
    "urgent_connecting": 3200.0,
    "record_which": 2100.0,
    "record_choose": 3100.0,
    "record_kept": 3300.0,
    "danger_chest_pain": 3400.0,
    "danger_trouble_breathing": 3400.0,
}
OF_SIGNS = ("danger_chest_pain", "danger_trouble_breathing")
"""What is said to whoever picks up; the names come from the list of red flags, not from the plan."""
SECONDS = {"welcome": 1.2, "music": 5.0}
# No multiple of the notes of the music.
VOICES_HZ = {"ana": 1400.0, "bo": 1600.0, "cleo": 1800.0, "fay": 2400.0, "patient": 2000.0}
LOUDNESS = 4000


def write_tones(plan: Path, into: Path) -> Path:
    """A tone for each prompt of the plan; `into`, which is a folder for the setting `prompts`."""
    for language, names in prompts_of(load(plan)).items():
        (into / language).mkdir(parents=True)
        for name in (*names, *OF_SIGNS):
            sound = tone(HZ.get(name, ANY_HZ), SECONDS.get(name, SHORT_SECONDS))
            write_wav(into / language / f"{name}.wav", sound)
    return into


def voice(name: str, seconds: float = 0.5) -> Pcm:
    """What somebody sounds like."""
    return tone(VOICES_HZ[name], seconds, LOUDNESS)


def hears(call: PhoneCall, name: str) -> list[Span]:
    """Where the call heard a prompt or a voice."""
    return hears_tone(call.heard.pcm(), (HZ | VOICES_HZ)[name], window_seconds=0.05)
