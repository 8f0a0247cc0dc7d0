from __future__ import annotations

from ivr.freeswitch import orders


def test_a_ring_shows_a_name_and_a_number_and_stays_one_line_of_three_words() -> None:
    line = orders.ring(
        "careline-leg-1", "user/ana", orders.PERSON, "careline", display="Río <+16175550100>", seconds=20
    )
    assert line == (
        "bgapi originate {origination_uuid=careline-leg-1,originate_timeout=21,ignore_early_media=true,"
        "loopback_bowout=false,loopback_bowout_on_execute=false,origination_caller_id_name='Río',"
        "origination_caller_id_number=+16175550100}user/ana careline_person XML careline"
    )


def test_what_is_shown_cannot_break_out_and_nothing_is_shown_where_there_is_nothing() -> None:
    spiteful = orders.ring("careline-leg-1", "user/ana", "careline", "care", display="a',b=c}x y|", seconds=0.2)
    assert "name='abcx y'}user/ana careline XML care" in spiteful
    assert "originate_timeout=2," in spiteful
    silent = orders.ring("careline-leg-1", "user/ana", "careline", "care", display="<>", seconds=20)
    assert "origination_caller_id" not in silent


def test_a_join_takes_the_timers_off_and_says_where_the_caller_goes_afterwards() -> None:
    assert orders.join("call-1", "careline-leg-1") == [
        "api uuid_setvar call-1 socket_resume false",
        "api uuid_setvar call-1 park_after_bridge true",
        "api uuid_setvar call-1 park_timeout 4",
        "api sched_del call-1",
        "api sched_del careline-leg-1",
        "api uuid_break call-1 all",
        "api uuid_bridge call-1 careline-leg-1",
    ]


def test_a_timer_runs_anew_and_hands_callers_to_us_again_but_hangs_up_on_persons() -> None:
    assert orders.wind_up("call-1", "careline") == [
        "api sched_del call-1",
        "api sched_transfer +4 call-1 lost XML careline",
    ]
    assert orders.wind_up("careline-leg-1", "care")[-1] == "api sched_transfer +4 careline-leg-1 bye XML care"
    assert orders.wind_up("careline-alert-1", "care")[-1] == "api sched_transfer +4 careline-alert-1 bye XML care"
    assert orders.wind_up("careline-back-1", "care")[-1] == "api sched_transfer +4 careline-back-1 lost XML care"
