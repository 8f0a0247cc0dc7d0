"""What an Asterisk 22 with app_queue wrote and sent, the first of each kind of event."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "recordings" / "asterisk"


def headers_of_events() -> dict[str, list[str]]:
    """The headers by event, in order; without SystemName, which only a named Asterisk sends."""
    blocks = (FOLDER / "ami-app_queue.txt").read_text().strip().split("\n\n")
    return {
        block.splitlines()[0].removeprefix("Event: "): [
            header for line in block.splitlines() if (header := line.partition(":")[0]) != "SystemName"
        ]
        for block in blocks
    }


def fields_of_lines() -> dict[str, int]:
    """How many fields a line of the queue log has, by event."""
    lines = (FOLDER / "queue_log-app_queue.txt").read_text().splitlines()
    return {line.split("|")[4]: line.count("|") + 1 for line in lines}
