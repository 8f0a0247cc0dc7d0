"""The state folder: whether it can be written, and how much room there is."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from ivr.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.settings import Settings

FREE_BYTES = 500_000_000  # eight hours of messages at 1 MB a minute; a full disk costs places in line
MEGABYTE = 1_000_000


def look(settings: Settings) -> Iterator[Finding]:
    folder = next(each for each in (settings.state, *settings.state.parents) if each.exists())
    if os.access(folder, os.W_OK):
        yield Finding(True, f"{settings.state} can be written")
    else:
        yield Finding(False, f"{settings.state} cannot be written", f"give {folder} to the user that runs Careline")
    yield room(folder, shutil.disk_usage(folder).free)


def room(folder: Path, free_bytes: int) -> Finding:
    what = f"{free_bytes // MEGABYTE:,} MB are free on the disk of {folder}"
    if free_bytes >= FREE_BYTES:
        return Finding(True, what)
    return Finding(False, what, f"free some: Careline wants {FREE_BYTES // MEGABYTE} MB for messages and the record")
