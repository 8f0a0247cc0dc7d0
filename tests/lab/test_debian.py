"""Which address a machine's apt sources give for the Debian archive."""

import pytest

from lab.debian import archives

ONE_LINE = """
# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security bookworm-security main
"""
DEB822 = """
Types: deb
URIs: http://mirror.example/debian/
Suites: trixie
Components: main

Types: deb
URIs: http://mirror.example/debian-security
"""
OTHERS = """
deb https://packages.example/apt cloud-sdk main
Types: deb
URIs: https://packages.example/node
"""


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (ONE_LINE, ["http://mirror.example/debian"]),
        (DEB822, ["http://mirror.example/debian/"]),
        ("deb mirror+file:/etc/apt/mirrors/debian.list bookworm main", ["mirror+file:/etc/apt/mirrors/debian.list"]),
        ("deb mirror+file:/etc/apt/mirrors/debian-security.list bookworm-security main", []),
        ("deb cdrom:[Debian 12]/ bookworm main", []),
        (OTHERS, []),
    ],
)
def test_the_archive_is_found_among_the_sources(sources: str, found: list[str]) -> None:
    assert list(archives(sources)) == found
