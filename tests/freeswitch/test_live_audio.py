from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import structlog

from ivr.call import Hearing, KeyRules, Pressed, Silence, Spoke, Turn
from ivr.freeswitch.audio_folder import AudioFolder
from ivr.freeswitch.live_audio import TONE, FreeSwitchAudio
from ivr.freeswitch.outbound import SessionEnded
from ivr.freeswitch.tail import LONG_BYTES
from ivr.media.live_audio import StreamEnded
from ivr.media.live_voice import LiveVoice
from ivr.media.sounds import SoundUnusable, seconds_of, write_wav
from ivr.tasks import Tasks
from tests.freeswitch.growing import Heard
from tests.freeswitch.tiny_channel import TinyChannel
from tests.media.ears import LoudEars

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

SECONDS = 5
LOUD, QUIET = b"\x00\x20\x00\xe0" * 80, bytes(320)
BREAK = "api uuid_break all"
VARIABLES = ["RECORD_READ_ONLY", "enable_file_write_buffering", "RECORD_PRE_BUFFER_FRAMES", "record_sample_rate"]
SPEECH = Hearing("en")


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.close()


@pytest.fixture
def folder(tmp_path: Path) -> AudioFolder:
    folder = AudioFolder(tmp_path / "audio")
    folder.open()
    return folder


@pytest.fixture
async def channel() -> AsyncIterator[TinyChannel]:
    channel = TinyChannel()
    await channel.start()
    yield channel
    await channel.close()


@pytest.fixture
async def audio(channel: TinyChannel, folder: AudioFolder, tasks: Tasks) -> AsyncIterator[FreeSwitchAudio]:
    yield listening_to(channel, folder, tasks)
    folder.close()


@pytest.fixture
def heard(audio: FreeSwitchAudio) -> Heard:
    heard = Heard()
    audio.hears = heard.hear
    return heard


@pytest.fixture
def prompt(tmp_path: Path) -> Path:
    """Of 10 s."""
    write_wav(tmp_path / "prompt.wav", LOUD * 500)
    return tmp_path / "prompt.wav"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    write_wav(tmp_path / "other.wav", LOUD * 500)
    return tmp_path / "other.wav"


@pytest.fixture
def played(folder: AudioFolder, prompt: Path) -> str:
    """What FreeSWITCH is told of `prompt`."""
    return str(folder.joined([prompt]))


@pytest.fixture
def other_played(folder: AudioFolder, other: Path) -> str:
    return str(folder.joined([other]))


def listening_to(channel: TinyChannel, folder: AudioFolder, tasks: Tasks) -> FreeSwitchAudio:
    audio = FreeSwitchAudio(channel.session, folder, tasks)
    channel.session.on_event = audio.take
    return audio


async def opened(audio: FreeSwitchAudio, channel: TinyChannel) -> str:
    """Open it; return where the caller is recorded."""
    assert await audio.open()
    told = [await channel.next() for _ in range(6)]
    return told[-1].removeprefix("api uuid_record start ")


async def soon(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), SECONDS)


async def all_taken(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    """What the channel said before has been taken, and answered."""
    channel.event("DTMF", DTMF_Digit="0")
    await soon(audio.pressed)
    audio.take_digit()
    await asyncio.sleep(0)


async def began(work: Coroutine[None, None, object], channel: TinyChannel) -> asyncio.Task[object]:
    """Something that plays, and plays now."""
    task = asyncio.get_running_loop().create_task(work)
    await channel.plays()
    return task


def is_silent(channel: TinyChannel) -> bool:
    """Careline has said nothing that was not looked at."""
    return channel.told.empty()


# ---- listening ------------------------------------------------------------------------------------------------------


async def test_a_caller_is_recorded_alone_at_once_and_at_8_khz(
    audio: FreeSwitchAudio, channel: TinyChannel, tmp_path: Path
) -> None:
    assert await audio.open()
    told = [await channel.next() for _ in range(6)]
    values = ["true", "false", "1", "8000"]
    assert told[:4] == [f"api uuid_setvar {name} {value}" for name, value in zip(VARIABLES, values, strict=True)]
    path = told[5].removeprefix("api uuid_record start ")
    assert path.startswith(f"{tmp_path}/audio/")
    assert told[4] == f"api uuid_setvar careline_recording {path}"


async def test_the_caller_is_heard_and_the_file_has_no_name(
    audio: FreeSwitchAudio, channel: TinyChannel, heard: Heard, tmp_path: Path
) -> None:
    await opened(audio, channel)
    channel.says(LOUD + QUIET)
    await soon(heard.something)
    assert heard.pcm == LOUD + QUIET
    assert list((tmp_path / "audio").iterdir()) == []


async def test_an_opened_audio_is_opened_once(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    await opened(audio, channel)
    assert await audio.open()
    assert is_silent(channel)


async def test_the_end_ends_the_recording_and_leaves_the_channel_as_it_was(
    audio: FreeSwitchAudio, channel: TinyChannel
) -> None:
    path = await opened(audio, channel)
    await audio.end()
    told = [await channel.next() for _ in range(6)]
    assert told == [*(f"api uuid_setvar {name}" for name in [*VARIABLES, "careline_recording"]), stop(path)]
    assert not audio.ended.is_set()


def stop(path: str) -> str:
    return f"api uuid_record stop {path}"


async def test_after_the_end_it_may_be_opened_again(audio: FreeSwitchAudio, channel: TinyChannel, heard: Heard) -> None:
    first = await opened(audio, channel)
    await audio.end()
    for _ in range(6):
        await channel.next()
    assert await opened(audio, channel) != first
    channel.says(LOUD)
    await soon(heard.something)


async def test_a_recording_that_a_dead_careline_left_is_ended(folder: AudioFolder, tasks: Tasks) -> None:
    channel = TinyChannel()
    await channel.start(careline_recording="/dev/shm/careline/caller-1.raw")
    assert await listening_to(channel, folder, tasks).open()
    assert await channel.next() == stop("/dev/shm/careline/caller-1.raw")
    await channel.close()


@pytest.mark.parametrize("records", ["-ERR Cannot record session!\n", "-ERR Cannot locate session!\n"])
async def test_without_a_recording_there_are_keys_and_sounds(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, records: str, played: str
) -> None:
    channel.records = records
    with structlog.testing.capture_logs() as logs:
        assert not await audio.open()
    assert [(entry["log_level"], entry["reason"]) for entry in logs] == [("warning", records.strip())]
    for _ in range(7):
        await channel.next()
    audio.play(prompt)
    assert await channel.plays() == played


async def test_a_file_that_never_comes_is_given_up_within_a_second(
    audio: FreeSwitchAudio, channel: TinyChannel
) -> None:
    channel.hides = True
    with structlog.testing.capture_logs() as logs:
        assert not await asyncio.wait_for(audio.open(), SECONDS)
    assert [entry["log_level"] for entry in logs] == ["warning"]
    told = [await channel.next() for _ in range(7)]
    assert told[6] == told[5].replace("start", "stop")


async def test_a_file_that_cannot_be_read_is_removed(
    audio: FreeSwitchAudio, channel: TinyChannel, tmp_path: Path
) -> None:
    channel.links = True
    assert not await audio.open()
    for _ in range(7):
        await channel.next()
    await all_taken(audio, channel)
    assert list((tmp_path / "audio").iterdir()) == []


async def test_a_long_call_begins_another_recording_and_no_speech_is_lost(
    audio: FreeSwitchAudio, channel: TinyChannel, heard: Heard
) -> None:
    first = await opened(audio, channel)
    channel.says(bytes(LONG_BYTES))
    second = (await channel.next()).removeprefix("api uuid_setvar careline_recording ")
    assert await channel.next() == f"api uuid_record start {second}"
    channel.says(LOUD)  # in one of them, or both
    assert await channel.next() == stop(first)
    channel.says(LOUD[::-1])
    while not heard.pcm.endswith(LOUD[::-1]):
        heard.something.clear()
        await soon(heard.something)
    assert set(heard.frames[LONG_BYTES // 320 : -1]) == {LOUD}
    assert list(channel.recordings) == [second]


async def test_a_hung_up_caller_is_heard_to_the_last_word(
    audio: FreeSwitchAudio, channel: TinyChannel, heard: Heard
) -> None:
    await opened(audio, channel)
    channel.says(LOUD)
    channel.hang_up()
    await soon(audio.ended)
    assert (heard.pcm, audio.quiet.is_set()) == (LOUD, True)
    with pytest.raises(SessionEnded):
        await audio.open()
    await audio.end()


# ---- playing --------------------------------------------------------------------------------------------------------


async def test_it_is_quiet_when_the_prompt_is_over(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, played: str
) -> None:
    audio.play(prompt)
    assert await channel.plays() == played
    assert not audio.quiet.is_set()
    channel.ends()
    await soon(audio.quiet)
    audio.stop()
    await all_taken(audio, channel)
    assert is_silent(channel)


async def test_several_prompts_are_one_file(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, other: Path, folder: AudioFolder
) -> None:
    audio.play(prompt, other)
    assert await channel.plays() == str(folder.joined([prompt, other]))


async def test_nothing_to_play_is_quiet_at_once(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    audio.play()
    assert audio.quiet.is_set()


async def test_stopping_breaks_the_playback(audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path) -> None:
    audio.play(prompt)
    await channel.plays()
    await all_taken(audio, channel)
    audio.stop()
    assert audio.quiet.is_set()
    assert await channel.next() == BREAK


async def test_what_is_stopped_at_once_is_never_begun(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, other: Path, other_played: str
) -> None:
    audio.play(prompt)
    audio.stop()
    audio.play(prompt)
    audio.play(other)
    assert await channel.plays() == other_played


async def test_another_prompt_begins_when_the_first_is_broken(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, other: Path, other_played: str
) -> None:
    audio.play(prompt)
    await channel.plays()
    await all_taken(audio, channel)
    audio.play(other)
    assert await channel.next() == BREAK
    channel.ends()
    assert await channel.plays() == other_played
    assert not audio.quiet.is_set()
    channel.ends()
    await soon(audio.quiet)


async def test_a_prompt_that_was_flushed_before_it_began_holds_up_nothing(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, other: Path, other_played: str
) -> None:
    audio.play(prompt)
    await channel.next()
    audio.play(other)
    assert await channel.next() == BREAK
    assert await channel.plays() == other_played


async def test_a_break_that_came_too_early_is_made_good(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, other: Path, other_played: str
) -> None:
    audio.play(prompt)
    await channel.next()
    audio.play(other)
    assert await channel.next() == BREAK
    channel.executes()
    channel.sounds()
    assert await channel.next() == BREAK
    channel.ends()
    assert await channel.plays() == other_played


async def test_what_was_taken_for_flushed_and_begins_is_broken_and_the_next_is_not(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, other: Path, other_played: str
) -> None:
    audio.play(prompt)
    await channel.next()
    first = channel.number
    audio.play(other)
    assert await channel.next() == BREAK
    assert await channel.next() == f"playback {other_played}"
    channel.executes(first)
    channel.sounds()
    assert await channel.next() == "api uuid_break"
    channel.ends(number=first)
    await all_taken(audio, channel)
    assert not audio.quiet.is_set()
    channel.executes()
    channel.sounds()
    channel.ends()
    await soon(audio.quiet)


async def test_the_late_end_of_another_playback_means_nothing(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path
) -> None:
    audio.play(prompt)
    await channel.plays()
    channel.ends(number="somebody-elses")
    await all_taken(audio, channel)
    assert not audio.quiet.is_set()


async def test_a_prompt_that_freeswitch_cannot_play_is_told_once(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, played: str
) -> None:
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            audio.play(prompt)
            await channel.next()
            channel.executes()
            channel.ends("FILE NOT FOUND")
            await soon(audio.quiet)
    assert [(entry["log_level"], entry["file"]) for entry in logs] == [("warning", played)]


async def test_a_prompt_that_never_begins_is_not_waited_for(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, played: str
) -> None:
    audio.play(prompt)
    await soon(audio.quiet)
    assert [await channel.next(), await channel.next()] == [f"playback {played}", BREAK]


async def test_what_is_no_prompt_is_refused(audio: FreeSwitchAudio, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"an mp3, really")
    with pytest.raises(SoundUnusable):
        audio.play(tmp_path / "a.wav")
    with pytest.raises(FileNotFoundError):
        audio.play(tmp_path / "missing.wav")
    assert audio.quiet.is_set()


async def test_a_held_prompt_goes_on_where_it_was(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, played: str
) -> None:
    audio.play(prompt)
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    await channel.plays()
    while loop.time() < began_at + 0.01:
        await all_taken(audio, channel)
    audio.pause()
    heard_samples = (loop.time() - began_at) * 8000
    audio.pause()
    assert await channel.next() == BREAK
    channel.ends()
    await all_taken(audio, channel)
    assert not audio.quiet.is_set()
    audio.go_on()
    audio.go_on()
    name, _, first = (await channel.plays()).partition("@@")
    await all_taken(audio, channel)
    audio.pause()
    channel.ends()
    audio.go_on()
    assert await channel.next() == BREAK
    second = (await channel.plays()).partition("@@")[2]
    assert name == played
    assert 0 < int(first) <= min(int(second), heard_samples)


async def test_a_prompt_that_was_held_before_it_began_begins_anew(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, played: str
) -> None:
    audio.play(prompt)
    await channel.next()
    audio.pause()
    assert await channel.next() == BREAK
    audio.go_on()
    assert await channel.plays() == played


async def test_a_held_prompt_that_is_stopped_does_not_go_on(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path
) -> None:
    audio.play(prompt)
    await channel.plays()
    audio.pause()
    audio.stop()
    audio.go_on()
    assert await channel.next() == BREAK
    channel.ends()
    await all_taken(audio, channel)
    assert (audio.quiet.is_set(), is_silent(channel)) == (True, True)


async def test_what_has_ended_cannot_be_held(audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path) -> None:
    audio.play(prompt)
    await channel.plays()
    channel.ends()
    await soon(audio.quiet)
    audio.pause()
    audio.go_on()
    await all_taken(audio, channel)
    assert is_silent(channel)


async def test_the_end_leaves_nothing_in_the_channels_queue(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path
) -> None:
    audio.play(prompt)
    await channel.next()
    await audio.end()
    assert await channel.next() == BREAK


async def test_after_the_session_nothing_is_played(audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path) -> None:
    audio.play(prompt)
    await channel.plays()
    channel.hang_up()
    await soon(audio.ended)
    assert audio.quiet.is_set()
    audio.play(prompt)
    await audio.loop("local_stream://moh")
    assert audio.quiet.is_set()
    await audio.end()


# ---- music ----------------------------------------------------------------------------------------------------------


async def test_music_that_ends_begins_again_and_not_in_a_hurry(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    await audio.loop("/music.wav")
    loop = asyncio.get_running_loop()
    for _ in range(2):
        assert await channel.plays() == "/music.wav"
        at = loop.time()
        channel.ends()
    assert await channel.plays() == "/music.wav"
    assert loop.time() - at > 0.5


async def test_music_that_ends_because_the_caller_is_joined_does_not_begin_again_until_it_is_asked_for(
    audio: FreeSwitchAudio, channel: TinyChannel
) -> None:
    await audio.loop("/music.wav")
    assert await channel.plays() == "/music.wav"
    audio.hush()
    channel.ends()
    await all_taken(audio, channel)
    await audio.loop("/other.wav")
    assert await channel.plays() == "/other.wav"


async def test_music_that_cannot_be_played_is_a_tone(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    with structlog.testing.capture_logs() as logs:
        await audio.loop("local_stream://moh")
        assert await channel.next() == "playback local_stream://moh"
        channel.executes()
        channel.ends("FILE NOT FOUND")
        assert await channel.plays() == TONE
    assert [entry["music"] for entry in logs] == ["local_stream://moh"]


async def test_no_name_is_freeswitchs_own_music(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    await audio.loop("")
    assert await channel.plays() == "local_stream://moh"


async def test_a_name_that_would_be_a_command_is_a_tone(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    with structlog.testing.capture_logs() as logs:
        await audio.loop("a\n\napi hupall")
    assert await channel.plays() == TONE
    assert len(logs) == 1


async def test_music_is_stopped(audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, played: str) -> None:
    await audio.loop("local_stream://moh")
    await channel.plays()
    await all_taken(audio, channel)
    audio.play(prompt)
    assert await channel.next() == BREAK
    channel.ends()
    assert await channel.plays() == played


async def test_music_that_is_stopped_between_two_rounds_does_not_begin_again(
    audio: FreeSwitchAudio, channel: TinyChannel
) -> None:
    for music in ("/music.wav", "/other.wav"):
        await audio.loop(music)
        assert await channel.plays() == music
        channel.ends()
        await all_taken(audio, channel)
    assert await channel.plays() == "/other.wav"


# ---- a voice over it ------------------------------------------------------------------------------------------------


async def test_keys_come_in_order(audio: FreeSwitchAudio, channel: TinyChannel) -> None:
    for digit in "12*":
        channel.event("DTMF", DTMF_Digit=digit)
    voice = LiveVoice(audio, LoudEars())
    turn = Turn((), keys=KeyRules(3), silence_seconds=SECONDS)
    assert await voice.ask(turn) == Pressed("12*")


async def test_a_prompt_is_played_to_its_end(audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path) -> None:
    playing = await began(LiveVoice(audio, LoudEars()).play((prompt,)), channel)
    channel.ends()
    assert await playing is None


async def test_a_caller_who_speaks_stops_the_prompt(audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path) -> None:
    await opened(audio, channel)
    voice = LiveVoice(audio, LoudEars("a nurse"))
    asking = await began(voice.ask(Turn((prompt,), hearing=SPEECH)), channel)
    channel.says(LOUD * 3)
    assert await channel.next() == BREAK
    channel.ends()
    channel.says(QUIET * 20)
    heard = await asking
    assert isinstance(heard, Spoke)
    assert [hypothesis.text for hypothesis in heard.hypotheses] == ["a nurse"]


async def test_after_a_cough_the_prompt_goes_on(
    audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path, played: str
) -> None:
    await opened(audio, channel)
    voice = LiveVoice(audio, LoudEars())
    asking = await began(voice.ask(Turn((prompt,), hearing=SPEECH, silence_seconds=0.1)), channel)
    channel.says(LOUD * 3)
    assert await channel.next() == BREAK
    channel.ends()
    channel.says(QUIET * 20)
    assert (await channel.plays()).startswith(f"{played}@@")
    channel.ends()
    assert isinstance(await asking, Silence | Spoke)


async def test_a_message_is_recorded_to_the_hang_up(
    audio: FreeSwitchAudio, channel: TinyChannel, tmp_path: Path
) -> None:
    await opened(audio, channel)
    recording = asyncio.get_running_loop().create_task(LiveVoice(audio, LoudEars()).record(tmp_path / "m.wav", 10, 3))
    while audio.hears is None:
        await asyncio.sleep(0)
    channel.says(LOUD * 50)
    channel.hang_up()
    assert await recording == seconds_of(tmp_path / "m.wav") >= 0.9


async def test_the_end_of_the_call_ends_a_question(audio: FreeSwitchAudio, channel: TinyChannel, prompt: Path) -> None:
    await opened(audio, channel)
    asking = await began(LiveVoice(audio, LoudEars()).ask(Turn((prompt,), hearing=SPEECH)), channel)
    channel.hang_up()
    with pytest.raises(StreamEnded):
        await asking
