"""A call's record in plain words, for somebody who answers telephones and never saw a queueing engine.

    14:03:15  The caller said: “i need to reschedule my appointment with cardiology”
    14:03:16  Understood as scheduling (93 % sure), because of: reschedule, appointment.
    14:03:16  Ana's phone rang. Ana was chosen: idle longest of those who are ready and able (95 s).
              Passed over: Bo (talking), Carla (lacks cardiology).

The caller's words, keys and number are shown only `with_patient_data`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from ivr.record import CallRecord, CallSummary, Outcome
from ivr.record.entry_words import minutes, name_of, plain, words_of

COLUMNS = ("time", "call", "caller", "about", "urgent", "route", "person", "wait", "talk", "outcome")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a told call; `clock` is the practice's wall clock, "" where a line belongs to the one above."""

    clock: str
    text: str

    def __str__(self) -> str:
        return f"{self.clock:8}  {self.text}"


# ---- the call as a timeline -----------------------------------------------------------------------------------------


def tell(record: CallRecord, timezone: tzinfo, *, with_patient_data: bool = False) -> list[Line]:
    """The call from its arrival to its end, or as far as it came."""
    call = record.summary
    caller = _number(call.phi_caller_number, with_patient_data)
    told = [Line(_clock(call.started, timezone), f"Call {call.number} came in from {caller}{_dialled(call)}.")]
    for noted in record.timeline:
        clock = _clock(noted.at, timezone)
        first, *more = words_of(noted.entry, lambda at: _day_and_hour(at, timezone), shown=with_patient_data)
        told += [Line(clock, first), *(Line("", text) for text in more)]
    if call.ended is not None and call.outcome is Outcome.INTERRUPTED:
        told.append(Line(_clock(call.ended, timezone), "Careline was interrupted, and the caller was gone after that."))
    return told


# ---- the call on one line -------------------------------------------------------------------------------------------


def cells(call: CallSummary, timezone: tzinfo, *, with_patient_data: bool = False) -> tuple[str, ...]:
    """The call as one row under COLUMNS."""
    return (
        f"{datetime.fromtimestamp(call.started, timezone):%Y-%m-%d %H:%M:%S}",
        call.number,
        _number(call.phi_caller_number, with_patient_data),
        plain(call.intent),
        "urgent" if call.urgent else "",
        plain(call.route),
        name_of(call.person),
        "" if call.wait_seconds is None else minutes(call.wait_seconds),
        "" if call.talk_seconds is None else minutes(call.talk_seconds),
        "in progress" if call.ended is None else call.outcome.value,
    )


def one_line(call: CallSummary, timezone: tzinfo, *, with_patient_data: bool = False) -> str:
    """The call in one line of text: what is empty is left out, times say what they are."""
    row = dict(zip(COLUMNS, cells(call, timezone, with_patient_data=with_patient_data), strict=True))
    labelled = {name: f"{name} {value}" if name in ("wait", "talk") else value for name, value in row.items() if value}
    return "  ".join(labelled.values())


# ---- words -----------------------------------------------------------------------------------------------------------


def _clock(at: float, timezone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, timezone):%H:%M:%S}"


def _number(number: str, shown: bool) -> str:
    if not number:
        return "a withheld number"
    return number if shown else f"…{number[-2:]}" if len(number) > 4 else "…"  # noqa: PLR2004 - two of few digits tell all


def _dialled(call: CallSummary) -> str:
    return f" to {call.dialled_number}" if call.dialled_number else ""


def _day_and_hour(at: float, timezone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, timezone):%Y-%m-%d %H:%M}"
