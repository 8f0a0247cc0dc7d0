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
    message_work,
    notices,
    switches,
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
MISROUTED = (
    select(timeline.c.call)
    .select_from(calls.join(timeline, timeline.c.call == calls.c.id))
    .where(_from_start, timeline.c.kind == "Misrouted")
    .order_by(calls.c.started)
)
TIMELINE_END = select(func.max(timeline.c.seq), func.max(timeline.c.at)).where(timeline.c.call == bindparam("call"))

# ---- voicemail ----------------------------------------------------------------------------------------------------

_listed = (
    *voicemails.c,
    calls.c.number,
    calls.c.sealed_caller_number,
    *(column for column in message_work.c if column is not message_work.c.message),
)
_of_call = calls.c.id == voicemails.c.call
_of_message = message_work.c.message == voicemails.c.id
_messages = select(*_listed).select_from(voicemails.outerjoin(calls, _of_call).outerjoin(message_work, _of_message))
_works = select(*_listed).select_from(message_work.join(voicemails, _of_message).outerjoin(calls, _of_call))

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

# Comparisons with a number leave out who has none: an index by time answers them.
ADD_MESSAGE_WORK = insert(message_work)
NOT_UNDERSTOOD = _works.where(message_work.c.understood_at.is_(None))
ALERTS_DUE = _works.where(message_work.c.alert_at <= bindparam("now")).order_by(message_work.c.alert_at)
NEXT_ALERT = select(func.min(message_work.c.alert_at)).where(message_work.c.alert_at > 0)
MESSAGE_UNDERSTOOD = (
    update(message_work)
    .where(message_work.c.message == bindparam("message_"))
    .values(understood_at=bindparam("at"), sealed_words=bindparam("words"))
)
MESSAGE_URGENT = (
    update(message_work)
    .where(message_work.c.message == bindparam("message_"), message_work.c.done_at.is_(None))
    .values(urgent=True, rung=0, alert_at=bindparam("at"))
)
MESSAGE_ALERTED = (
    update(message_work)
    .where(message_work.c.message == bindparam("message_"), message_work.c.alert_at.is_not(None))
    .values(rung=message_work.c.rung + 1, alert_at=bindparam("again"))
)
MESSAGE_TAKEN = (
    update(message_work)
    .where(message_work.c.message == bindparam("message_"))
    .values(taken_by=bindparam("who"), alert_at=None)
)
MESSAGE_DONE = (
    update(message_work)
    .where(message_work.c.message == bindparam("message_"))
    .values(done_by=bindparam("who"), done_at=bindparam("at"), alert_at=None)
)

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

# ---- closures -----------------------------------------------------------------------------------------------------

_latest_switch = select(func.max(switches.c.seq)).where(switches.c.closure > "").group_by(switches.c.closure)

ADD_SWITCH = insert(switches)
LAST_SWITCHES = select(switches).where(switches.c.seq.in_(_latest_switch))
SWITCHES = select(switches).where(switches.c.seq > 0).order_by(switches.c.seq.desc()).limit(bindparam("limit"))

# ---- audit, vault -------------------------------------------------------------------------------------------------

ADD_TO_AUDIT = insert(audit)
KEEP_FINGERPRINT = insert(vault)
FINGERPRINT = select(vault.c.fingerprint)
