"""What the tests, the demo and the measurements ask of a PBX of their own, whichever it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class PrivatePbx(Protocol):
    """`people` are the ports of the persons' phones; the address of ana's in a plan is PJSIP/ana."""

    folder: Path

    @property
    def people(self) -> Mapping[str, int]: ...

    def uri(self, extension: str) -> str:
        """What a phone dials to reach an extension: 100 is Careline, echo echoes, music plays the music on hold."""

    @property
    def careline_settings(self) -> Mapping[str, Any]:
        """The part of Careline's settings that names this PBX."""

    async def calls_there(self) -> int:
        """How many calls it holds, of callers and of persons each."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def restart(self) -> None: ...

    def kill(self) -> None: ...
