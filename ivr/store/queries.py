"""Every statement that the store runs. Each name in capitals has a plan test: it must use an index.

The same statements run on SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import bindparam, case, delete, func, insert, or_, select, update

from ivr.store.schema import (
    audit,
    callbacks,
    calls,
    journal,
    journal_aside,
    last_talks,
    notices,
    timeline,
    vault,
    voicemails,
)

# ---- journal ------------------------------------------------------------------------------------------------------

APPEND_TO_JOURNAL = insert(journal)
REPLAY_JOURNAL = select(journal).where(journal.c.seq > bindparam("after")).order_by(journal.c.seq)
COPY_ASIDE = insert(journal_aside).from_select(
    ["seq", "at", "event"], select(journal).where(journal.c.seq >= bindparam("first"))
)
CUT_JOURNAL = delete(journal).where(journal.c.seq >= bindparam("first"))

# ---- calls --------------------------------------------------------------------------------------------------------

_from_start = calls.c.started >= bindparam("since")
_latest_first = calls.c.started.desc()
_told_of_visits = or_(*(timeline.c.kind == kind for kind in ("Joined", "TalkEnded", "HungUp")))
_marks_of_visits = or_(
    *(timeline.c.kind == kind for kind in ("Offered", "Connected", "Overflowed", "WentByChoice", "CallbackAgreed"))
)
_data_of_visit = case((_told_of_visits, timeline.c.data), else_="{}")  # an offer's is a whole decision: not needed
_days_latest_number = select(func.substr(func.max(calls.c.number), 1, len("C-20261120"))).scalar_subquery()


ADD_CALL = insert(calls)
CHANGE_CALL = (
    update(calls)
    .where(calls.c.id == bindparam("call"))
    .values({name: bindparam(name) for name in calls.c.keys() if name not in ("id", "number", "started")})  # noqa: SIM118 - a collection of columns, not a dict
)
CALL = select(calls).where(calls.c.id == bindparam("call"))
CALLS = select(calls).where(_from_start).order_by(_latest_first).limit(bindparam("limit"))
CALLS_BY_OUTCOME = (
    select(calls)
    .where(calls.c.outcome == bindparam("outcome"), _from_start, calls.c.ended.is_not(None))
    .order_by(_latest_first)
    .limit(bindparam("limit"))
)
CALL_NAMED = select(calls).where(or_(calls.c.id == bindparam("id"), calls.c.number == bindparam("number")))
CALLS_BEGINNING = (
    select(calls)
    .where(
        or_(
            calls.c.id.between(bindparam("id"), bindparam("id_end")),
            calls.c.number.between(bindparam("number"), bindparam("number_end")),
        )
    )
    .limit(bindparam("limit"))
)
OPEN_CALLS = select(calls.c.id).where(calls.c.ended.is_(None))
LATEST_NUMBER = (
    select(calls.c.number)
    .where(calls.c.number >= _days_latest_number)
    .order_by(func.length(calls.c.number).desc(), calls.c.number.desc())  # the 10,000th of a day is a digit longer
    .limit(1)
)

ADD_TO_TIMELINE = insert(timeline)
TIMELINE = select(timeline).where(timeline.c.call == bindparam("call")).order_by(timeline.c.seq)
VISITS = (
    select(timeline.c.call, timeline.c.at, timeline.c.kind, _data_of_visit.label("data"))
    .select_from(calls.join(timeline, timeline.c.call == calls.c.id))
    .where(_from_start, or_(_told_of_visits, _marks_of_visits))
    .order_by(calls.c.started, timeline.c.call, timeline.c.seq)
)
TIMELINE_END = select(func.max(timeline.c.seq), func.max(timeline.c.at)).where(timeline.c.call == bindparam("call"))

# ---- voicemail ----------------------------------------------------------------------------------------------------

_messages = select(voicemails, calls.c.number, calls.c.sealed_caller_number).select_from(
    voicemails.outerjoin(calls, calls.c.id == voicemails.c.call)
)

ADD_VOICEMAIL = insert(voicemails)
VOICEMAIL = _messages.where(voicemails.c.id == bindparam("message"))
VOICEMAILS = _messages.where(voicemails.c.at >= bindparam("since")).order_by(voicemails.c.at)
VOICEMAILS_OF_BOX = _messages.where(
    voicemails.c.box == bindparam("box"), voicemails.c.at >= bindparam("since")
).order_by(voicemails.c.at)
MARK_HEARD = (
    update(voicemails)
    .where(voicemails.c.id == bindparam("message"))
    .values(heard_by=bindparam("who"), heard_at=bindparam("when"))
)
DELETE_VOICEMAIL = delete(voicemails).where(voicemails.c.id == bindparam("message"))

# ---- notices ------------------------------------------------------------------------------------------------------

ADD_NOTICE = insert(notices)
REMOVE_NOTICE = delete(notices).where(notices.c.id == bindparam("notice"))
NOTICES = select(notices).where(notices.c.due >= bindparam("since")).order_by(notices.c.due)

# ---- callers who ring, or are rung, again ------------------------------------------------------------------------

ADD_CALLBACK = insert(callbacks)
REMOVE_CALLBACK = delete(callbacks).where(callbacks.c.call == bindparam("known"))
CALLBACKS = select(callbacks).where(callbacks.c.at >= bindparam("since")).order_by(callbacks.c.at)
ADD_LAST_TALK = insert(last_talks)
REMOVE_LAST_TALK = delete(last_talks).where(last_talks.c.party == bindparam("known"))
FORGET_LAST_TALKS = delete(last_talks).where(last_talks.c.at < bindparam("before"))
LAST_TALKS = select(last_talks).where(last_talks.c.at >= bindparam("since")).order_by(last_talks.c.at)

# ---- audit, vault -------------------------------------------------------------------------------------------------

ADD_TO_AUDIT = insert(audit)
KEEP_FINGERPRINT = insert(vault)
FINGERPRINT = select(vault.c.fingerprint)
