"""uuid_record: a .raw file that grows while the caller speaks. Source: switch_ivr_record_session_event."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lab.g711 import Codec
    from lab.sound import Pcm
    from tests.freeswitch_double.channel import Channel

FILE_BUFFER = 65536  # bytes: SWITCH_DEFAULT_FILE_BUFFER_LEN, 4 seconds at 8 kHz
PRE_BUFFER_FRAMES = 25
RATE_FOLDERS = ("8000", "16000", "32000", "48000")
FALSE = {"false", "no", "off", "0"}


class Recorder:
    """One growing file. The three variables of the channel are read at the start, as FreeSWITCH does."""

    def __init__(self, path: Path, variables: dict[str, str]) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        self._caller_alone = variables.get("RECORD_READ_ONLY", "").lower() == "true"
        unbuffered = variables.get("enable_file_write_buffering", "").lower() in FALSE
        self._block = 0 if unbuffered else FILE_BUFFER
        self._held_frames = max(0, int(variables.get("RECORD_PRE_BUFFER_FRAMES", PRE_BUFFER_FRAMES)) - 1)
        self._frames: deque[bytes] = deque()
        self._buffer = bytearray()
        self.samples = 0

    def take(self, said: Pcm, played: Pcm | None) -> None:
        if played is not None and not self._caller_alone:
            mixed = said.astype(np.int32)
            mixed[: len(played)] += played[: len(said)]
            said = np.clip(mixed, -32768, 32767).astype(np.int16)
        self._frames.append(said.tobytes())
        if len(self._frames) > self._held_frames:
            self._write(self._frames.popleft())

    def close(self) -> None:
        while self._frames:
            self._write(self._frames.popleft())
        os.write(self._file, self._buffer)
        os.close(self._file)
        if not self.samples:
            self._path.unlink(missing_ok=True)

    def _write(self, frame: bytes) -> None:
        self.samples += len(frame) // 2
        self._buffer += frame
        block = self._block or len(self._buffer)
        if len(self._buffer) >= block:
            os.write(self._file, self._buffer[:block])
            del self._buffer[:block]


class Recorders:
    """A channel's recordings by path."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._running: dict[str, Recorder] = {}
        channel.leg.tap.on_audio = self.take

    def take(self, audio: bytes, codec: Codec) -> None:
        """A frame that the caller said."""
        if self._running:
            played = self._channel.leg.being_sent()
            said = codec.decode(audio)
            for recorder in self._running.values():
                recorder.take(said, played)

    def start(self, path: str) -> bool:
        """Whether FreeSWITCH would: there is media, the folder can be written, and it has no folder named by a rate."""
        folder = Path(path).parent
        if not (self._channel.has_media and self._channel.switch.records) or any(
            (folder / rate).is_dir() for rate in RATE_FOLDERS
        ):
            return False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._running[path] = Recorder(Path(path), self._channel.vars)
        except OSError:
            return False
        self._channel.fire("RECORD_START", {"Record-File-Path": path})
        return True

    def stop(self, path: str) -> bool:
        recorder = self._running.pop(path, None)
        if recorder is None:
            return False
        recorder.close()
        self._channel.vars["record_samples"] = str(recorder.samples)
        self._channel.vars["record_seconds"] = str(recorder.samples // 8000)
        self._channel.vars["record_ms"] = str(recorder.samples // 8)
        self._channel.fire("RECORD_STOP", {"Record-File-Path": path, "Record-Completion-Cause": "uuid-stop"})
        return True

    def stop_all(self) -> bool:
        stopped = [self.stop(path) for path in tuple(self._running)]
        return bool(stopped)
