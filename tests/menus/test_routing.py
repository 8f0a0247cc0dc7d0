"""The plan becomes what the routing engine knows, key by key."""

from __future__ import annotations

from datetime import UTC, datetime

from acd.events import Cause, Configured
from acd.model import (
    Absence,
    Agent,
    CallbackRules,
    Condition,
    Escalation,
    Overflow,
    Queue,
    Ringing,
    Rung,
    Step,
    WrapUp,
)
from acd.rota import on_call
from acd.skills import Needs
from ivr.menus.routing import rotas_of, routing_of
from tests.menus.plans import small

DESK = "desk: {needs: [desk], overflow: {after: 4m, to: voicemail desk}}"


def desk(text: str) -> Queue:
    """The queue desk, written like this."""
    return routing_of(small((DESK, f"desk: {{{text}}}"))).queues[0]


def test_a_plan_of_before_means_what_it_did() -> None:
    assert routing_of(small()) == Configured(
        queues=(
            Queue(
                "desk",
                steps=(Step(Needs.parse("desk")),),
                overflow=(Overflow(Condition(waited_seconds=240), to="voicemail desk"),),
            ),
            Queue("nurse", steps=(Step(Needs.parse("nurse")),), ring_seconds=15, wrap_up=WrapUp(30)),
        ),
        agents=(
            Agent("ana", {"desk": 5, "cardiology": 4, "spanish": 5, "nurse": 1}),
            Agent("emma", {"nurse": 5}, ready=False),
        ),
        operator="desk",
        urgent="nurse",
    )


def test_needs_are_an_expression_or_a_list_of_them() -> None:
    assert desk("needs: desk and (spanish or nurse >= 2)").needs == Needs.parse("desk and (spanish or nurse >= 2)")
    assert desk("needs: [desk, spanish or nurse]").needs == Needs.parse("desk and (spanish or nurse)")
    assert desk("wrap_up: 5s").needs == Needs.parse("")


def test_steps_end_by_time_or_by_any_of_their_conditions() -> None:
    steps = """steps: [
      {for: 60s, needs: desk >= 4},
      {for: 2m, until: {length: 5, estimated_wait: 5m}, needs: desk >= 2},
      {until: [{service_level_below: 60}, {staffed_below: 2}, {empty: strict}], needs: desk},
      {needs: desk or nurse}]"""
    assert desk(steps).steps == (
        Step(Needs.parse("desk >= 4"), (Condition(60),)),
        Step(Needs.parse("desk >= 2"), (Condition(120), Condition(length=5, estimated_wait_seconds=300))),
        Step(
            Needs.parse("desk"),
            (
                Condition(service_level_below=0.6),
                Condition(staffed_below=2),
                Condition(empty=frozenset({Absence.PENALTY, Absence.PAUSED, Absence.UNAVAILABLE})),
            ),
        ),
        Step(Needs.parse("desk or nurse")),
    )


def test_empty_takes_the_words_of_app_queue() -> None:
    def absences(written: str) -> set[str]:
        when = desk(f"refuse: {{when: {{empty: {written}}}, to: queue nurse}}").refuse[0].when
        assert when.empty is not None
        return set(when.empty)

    assert absences("[paused, inuse]") == {"paused", "inuse"}
    assert absences("loose") == {"penalty"}
    assert absences("yes") == absences("true") == {"penalty", "paused"}
    assert absences("[]") == set()


def test_phones_ring_one_after_the_other_several_or_all() -> None:
    assert desk("ring: all").ringing == Ringing(at_once=0)
    assert desk("ring: {at_once: 2, more: 1, every: 5s}").ringing == Ringing(2, 1, 5)
    assert desk("needs: desk").ringing == Ringing(1)


def test_rules_move_callers_send_them_away_or_ask_them() -> None:
    queue = desk(
        "refuse: [{when: {length: 20}, to: voicemail desk}, {when: {empty: loose}, to: queue nurse}],"
        "overflow: [{after: 2m, offer: callback}, {when: {waited: 3m, length: 4}, to: queue nurse},"
        " {after: 3m, offer: queue nurse}, {after: 5m, to: more}]"
    )
    assert queue.refuse == (
        Overflow(Condition(length=20), to="voicemail desk"),
        Overflow(Condition(empty=frozenset({Absence.PENALTY})), queue="nurse"),
    )
    assert queue.overflow == (
        Overflow(Condition(120), to="callback", offered=True),
        Overflow(Condition(180, length=4), queue="nurse"),
        Overflow(Condition(180), to="queue nurse", offered=True),
        Overflow(Condition(300), to="more"),
    )


def test_the_rest_of_a_queue() -> None:
    queue = desk(
        "strategy: round-robin, nearest_site: yes, weight: 2, head_start: 2m, return_within: 3m,"
        "wrap_up: {for: 15s, longest: 5m, disposition: yes}, service_level: {percent: 90, seconds: 20},"
        "callback: {first: caller, retries: [5m, 1h]}, kind: form,"
        "alert: {name: long, when: {waited: 8m}, ladder: [{who: ana}, {who: [emma, ana], for: 2m}]}"
    )
    assert queue == Queue(
        "desk",
        strategy="round-robin",
        nearest_first=True,
        weight=2,
        head_start_seconds=120,
        return_seconds=180,
        wrap_up=WrapUp(15, 300, disposition=True),
        target_seconds=20,
        callback=CallbackRules(caller_first=True, retry_seconds=(300, 3600)),
        kind="form",
        escalations=(Escalation("long", Condition(480), (Rung(("ana",), 300), Rung(("emma", "ana"), 120))),),
    )


def test_a_wrap_up_that_is_longer_than_usual_may_last_as_long_as_it_does() -> None:
    assert desk("wrap_up: 20m").wrap_up == WrapUp(1200, 1200)


def test_what_a_person_is_rung_by() -> None:
    person = "emma: {phone: PJSIP/emma, site: downtown, weight: 3, calls_per_hour: 12, capacity: {form: 2}, skills"
    assert routing_of(small(("emma: {phone: PJSIP/emma, skills", person))).agents[1] == Agent(
        "emma", {"nurse": 5}, ready=False, site="downtown", weight=3, calls_per_hour=12, capacity={"form": 2}
    )


def test_sites_and_failed_rings() -> None:
    configured = routing_of(
        small(
            (
                "people:\n",
                (
                    "sites: {downtown: [uptown], uptown: [downtown]}\n"
                    "after_failed_ring: {no answer: 90s, unreachable: not ready}\npeople:\n"
                ),
            )
        )
    )
    assert configured.sites == {"downtown": ("uptown",), "uptown": ("downtown",)}
    assert configured.after_failure == {Cause.NO_ANSWER: 90, Cause.UNREACHABLE: None}


def test_a_rota_says_who_is_on_call_in_the_practices_own_time() -> None:
    rota = """rotas:
  nurses:
    shifts: [{days: mon-fri, from: "08:00", to: "20:00", who: emma}, {from: "20:00", to: "08:00"}]
    weekly: [[ana], [emma, ana]]
    starts: 2026-11-02
    swaps: {from: 2026-11-04 20:00, to: 2026-11-05 08:00, instead_of: ana, who: emma}
people:
"""
    nurses = rotas_of(small(("people:\n", rota)))["nurses"]
    asked = {"2026-11-02T15:00": "emma", "2026-11-04T01:30": "ana", "2026-11-05T02:00": "emma"}
    for moment, who in asked.items():
        assert on_call(nurses, datetime.fromisoformat(moment).replace(tzinfo=UTC)) == (who,)
    assert on_call(nurses, datetime(2026, 11, 10, 2, tzinfo=UTC)) == ("emma", "ana")
    assert on_call(nurses, datetime(2026, 11, 7, 17, tzinfo=UTC)) == ()


# ---- what changes with the hour -------------------------------------------------------------------------------------


class Shut:
    """Everything is closed."""

    def is_open(self, hours: str) -> bool:
        return False

    def messages(self) -> tuple[str, ...]:
        return ()


def test_whoever_is_on_call_has_the_skill_named_like_the_rota_the_first_at_the_highest_level() -> None:
    crowd = ("ana", "b", "c", "d", "e", "f", "emma")
    plan = small(("emma: {", "f: {phone: PJSIP/f}\n  emma: {"))
    skills = {agent.name: agent.skills for agent in routing_of(plan, {"on_call_nurse": crowd, "other": ()}).agents}
    assert skills["ana"] == {"desk": 5, "cardiology": 4, "spanish": 5, "nurse": 1, "on_call_nurse": 5}
    assert skills["f"] == {"on_call_nurse": 1}
    assert skills["emma"] == {"nurse": 5, "on_call_nurse": 1}


def closed_desk(to: str, rules: str) -> tuple[Queue, Queue]:
    """The queue nurse with such rules, while the queue desk is open, and while it is closed."""
    hours = ("menus:\n", 'hours: {office: {mon-fri: "08:00-17:00"}}\nmenus:\n')
    changes = (hours, (DESK, f"desk: {{hours: office, closed: {{to: {to}}}}}"), ("clinical: yes", rules))
    plan = small(*changes)
    return routing_of(plan).queues[1], routing_of(plan, doors=Shut()).queues[1]


def test_a_rule_that_leads_to_a_closed_queue_leads_where_that_queue_does() -> None:
    by_day, at_night = closed_desk("voicemail desk", "refuse: {when: {length: 9}, to: queue desk}")
    assert by_day.refuse == (Overflow(Condition(length=9), queue="desk"),)
    assert at_night.refuse == (Overflow(Condition(length=9), to="voicemail desk"),)
    by_day, at_night = closed_desk("main", "overflow: [{after: 1m, offer: queue desk}, {after: 2m, to: queue desk}]")
    assert by_day.overflow[1] == Overflow(Condition(120.0), queue="desk")
    assert at_night.overflow == (
        Overflow(Condition(60.0), to="main", offered=True),
        Overflow(Condition(120.0), to="main"),
    )


def test_nobody_who_waits_is_hung_up_on_or_sent_to_where_they_are() -> None:
    for to in ("goodbye", "queue nurse"):
        by_day, at_night = closed_desk(to, "overflow: {after: 2m, to: queue desk}")
        assert by_day.overflow == (Overflow(Condition(120.0), queue="desk"),)
        assert at_night.overflow == ()
