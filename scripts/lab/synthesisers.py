"""flite and espeak-ng without root: wrapper commands over unpacked packages, for prompts that are not recorded.

python3 -m lab.synthesisers        makes them and prints the folder with the two commands
"""

import sys
from pathlib import Path

from lab.cache import cache_folder
from lab.terminal import LabError, say
from lab.unpacked import Recipe, Unpacked

WRAPPER = """#!/bin/sh
ESPEAK_DATA_PATH={libraries} exec {command} "$@"
"""


def synthesisers() -> Path:
    """The folder with the commands `flite` and `espeak-ng`; what CARELINE_SYNTHESISERS names."""
    RECIPE.made()
    return _bin()


def _bin() -> Path:
    return cache_folder() / "synthesisers" / "bin"


def _write_wrappers(unpacked: Unpacked) -> None:
    _bin().mkdir(exist_ok=True)
    for name in ("flite", "espeak-ng"):
        command = unpacked.command(f"usr/bin/{name}", subfolders=("pulseaudio",))
        wrapper = _bin() / name
        wrapper.write_text(
            WRAPPER.format(libraries=unpacked.libraries, command=" ".join(f"'{part}'" for part in command))
        )
        wrapper.chmod(0o755)


RECIPE = Recipe(
    "synthesisers", ("flite", "espeak-ng"), _write_wrappers, without="libx11-data|libc-gconv|libasound2-data"
)


def main() -> int:
    try:
        print(synthesisers())
    except LabError as error:
        say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
