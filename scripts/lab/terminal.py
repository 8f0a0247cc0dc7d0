"""What the lab's commands tell the person who waits. Standard library only: it runs before there is an environment."""

import sys


class LabError(Exception):
    """Something the user can mend; the message is one sentence that says what is wrong and what to do."""


def say(text: str) -> None:
    """A progress line; on stderr, so that what a command prints stays clean."""
    print(text, file=sys.stderr, flush=True)
