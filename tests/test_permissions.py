from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ivr.permissions import may_read, user_of

SOMEBODY = 54_321  # no user of this host, so in no group


@pytest.mark.parametrize(
    ("folder_mode", "mode", "may"),
    [(0o755, 0o644, True), (0o755, 0o640, False), (0o750, 0o644, False), (0o711, 0o604, True)],
)
def test_a_file_is_read_by_whom_it_and_its_folder_let(folder_mode: int, mode: int, may: bool) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "file"
        file.touch()
        file.chmod(mode)
        folder.chmod(folder_mode)
        assert may_read(file, SOMEBODY) is may
        assert may_read(file, os.geteuid())
        assert may_read(file, 0)


def test_a_program_s_user_is_told_while_it_runs(tmp_path: Path) -> None:
    (tmp_path / "4711").mkdir()
    (tmp_path / "4711/comm").write_text("asterisk\n")
    assert (user_of("asterisk", tmp_path), user_of("freeswitch", tmp_path)) == (os.geteuid(), None)
