"""A voicemail message as people see it, and as its row keeps it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ivr.store.rows import caller_number

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from ivr.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Words:
    """What was said, sentence by sentence, and the words that are a sign of danger. All of it is patient data."""

    phi_sentences: tuple[str, ...] = ()
    phi_sign: str = ""
    phi_evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `call_number` is "" when the call's record is lost, `heard_at` None until somebody listened.

    It is work for the people of `queue`, to be done until `due`; `words` is None until it was put into words, `rung`
    counts who was told of it, and `alert_at` is when the next are. Times are in seconds since the epoch.
    """

    id: str
    call: str
    call_number: str
    phi_caller_number: str
    box: str
    at: float
    seconds: float
    heard_by: str = ""
    heard_at: float | None = None
    language: str = ""
    queue: str = ""
    due: float | None = None
    urgent: bool = False
    words: Words | None = None
    rung: int = 0
    alert_at: float | None = None
    taken_by: str = ""
    done_by: str = ""
    done_at: float | None = None


def message_of(row: RowMapping, vault: Vault) -> Message:
    """Raises SealBroken."""
    return Message(
        id=row["id"],
        call=row["call"],
        call_number=row["number"] or "",
        phi_caller_number=caller_number(row["call"], row["sealed_caller_number"], vault),
        box=row["box"],
        at=row["at"],
        seconds=row["seconds"],
        heard_by=row["heard_by"],
        heard_at=row["heard_at"],
        language=row["language"] or "",
        queue=row["queue"] or "",
        due=row["due"],
        urgent=bool(row["urgent"]),
        words=words_of(row["id"], row["sealed_words"], vault),
        rung=row["rung"] or 0,
        alert_at=row["alert_at"],
        taken_by=row["taken_by"] or "",
        done_by=row["done_by"] or "",
        done_at=row["done_at"],
    )


def sealed(message: str, words: Words, vault: Vault) -> bytes:
    return vault.seal(json.dumps(asdict(words)), _context(message))


def words_of(message: str, words: bytes | None, vault: Vault) -> Words | None:
    """JSON has lists where words have tuples."""
    if words is None:
        return None
    told = json.loads(vault.open(words, _context(message)))
    return Words(tuple(told["phi_sentences"]), told["phi_sign"], tuple(told["phi_evidence"]))


def _context(message: str) -> str:
    return f"voicemail/{message}/words"
