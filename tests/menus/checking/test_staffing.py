"""There is somebody for everybody who may call: skills, sites, kinds of work, rotas."""

from __future__ import annotations

from tests.menus.checking.test_gaps import told


def rota(shifts: str, *more: tuple[str, str]) -> list[str]:
    alert = ("needs: [desk], ", "needs: [desk], alert: {name: help, when: {length: 9}, ladder: {who: nurses}}, ")
    return told(alert, ("people:\n", f"rotas:\n  nurses: {{{shifts}}}\npeople:\n"), *more)


def test_an_expression_that_nobody_meets_is_a_mistake_with_the_likely_fix() -> None:
    assert told(("{needs: [desk]", "{needs: dask and spanish")) == [
        "queue 'desk' needs dask and spanish here, which nobody has; did you mean 'desk'?",
        "warning: nothing needs the skill 'desk' of ana; did you mean 'dask'?",
    ]
    assert told(("{needs: [nurse]", "{needs: nurse >= 2 and not cardiology")) == [
        (
            "'unclear' of menu 'office': queue 'nurse' needs nurse >= 2 and spanish and not cardiology here, "
            "which nobody has"
        ),
    ]


def test_a_skill_that_others_make_up_for_is_a_warning() -> None:
    assert told(("{needs: [desk]", "{needs: desk or dsek")) == [
        "warning: 'needs' of queue 'desk': nobody has the skill 'dsek'; did you mean 'desk'?",
    ]


def test_a_step_that_nobody_meets_is_a_warning_and_the_last_a_mistake() -> None:
    steps = "{steps: [{for: 1m, needs: desk >= 5 and nurse >= 3}, {needs: desk}]"
    assert told(("{needs: [desk]", steps)) == [
        "warning: step 1 of queue 'desk' needs desk >= 5 and nurse >= 3, which nobody has: it is always skipped",
    ]
    steps = "{steps: [{for: 1m, needs: desk}, {needs: desk and surgery}]"
    assert told(("{needs: [desk]", steps)) == [
        "queue 'desk' needs desk and surgery here, which nobody has",
    ]


def test_an_exit_leads_to_somebody_with_all_that_the_caller_needs() -> None:
    exits = "{exits: {3: {to: queue nurse, name: {en: to a nurse, es: a una enfermera}}}, needs: [desk]"
    assert told(("{needs: [desk]", exits), ("unclear: queue nurse", "wait: 5s"), ("nurse: 1}}", "heart: 1}}")) == [
        "'queue' of 'operator': queue 'nurse' needs nurse and spanish here, which nobody has",
        "'go' of choice '1' of menu 'office': queue 'nurse' needs cardiology and nurse here, which nobody has",
        "warning: nothing needs the skill 'heart' of ana",
    ]


def test_the_nearest_site_of_nowhere_is_a_warning() -> None:
    nearest = ("{needs: [desk]", "{nearest_site: yes, needs: [desk]")
    assert told(nearest) == []
    assert told(nearest, ("site: downtown, ", "")) == [
        "warning: queue 'desk' rings the nearest site, but no number has a 'site'",
    ]


def test_callers_cannot_go_where_other_work_waits() -> None:
    form = ("{needs: [nurse]", "{kind: form, needs: [nurse]")
    capable = ("ana, skills", "ana, capacity: {form: 2}, skills")
    assert told(form, capable) == [
        "'queue' of 'urgent' leads callers to queue 'nurse', which is for the kind 'form'",
        "'unclear' of menu 'office' leads callers to queue 'nurse', which is for the kind 'form'",
    ]
    assert told(capable) == ["warning: no queue has the kind 'form' of which ana takes several"]


def test_a_rota_with_a_gap_is_a_mistake() -> None:
    assert rota('shifts: {days: mon-fri, from: "08:00", to: "08:00", who: emma}') == [
        "rota 'nurses' has nobody on call: Saturday 08:00 to Monday 08:00",
    ]
    assert rota('shifts: {from: "08:00", to: "08:00", who: emma}') == []


def test_what_is_odd_in_a_rota_is_told_at_its_key() -> None:
    always = 'shifts: {from: "08:00", to: "08:00", who: emma}'
    assert rota(always + ", swaps: {from: 2026-12-24 17:00, to: 2026-12-24 08:00, instead_of: emma, who: ana}") == [
        "'to' of swap 1 of rota 'nurses': the swap ends before it begins",
    ]
    assert rota('shifts: {from: "08:00", to: "08:00"}, weekly: [[emma], []], starts: 2026-11-02') == [
        "rota 'nurses' has nobody on call: the whole week",
        "week 2 of rota 'nurses': week 2 of the rotation names nobody",
    ]


def test_a_rota_and_a_person_cannot_have_one_name() -> None:
    assert rota('shifts: {from: "08:00", to: "08:00", who: emma}', ("  nurses:", "  ana:")) == [
        "'ana' is a rota and a person: give the rota another name",
    ]


def test_needs_that_are_too_long_together_are_a_mistake() -> None:
    skills = " or ".join(["desk", *(f"other_skill_number_{number}" for number in range(40))])
    found = told(("{needs: [desk]", f"{{needs: {skills}"))
    assert found[0].startswith("'queue' of 'operator': what queue 'desk' needs here is too long: use at most 1000")


def test_what_is_preferred_and_nobody_has_is_a_warning() -> None:
    assert told(("{needs: [desk]", "{needs: [desk], prefers: surgery")) == [
        "warning: queue 'desk' prefers surgery, which nobody has",
    ]


# ---- on call --------------------------------------------------------------------------------------------------------

ON_CALL = 'shifts: [{from: "08:00", to: "17:00", who: [emma, ana]}, {from: "17:00", to: "08:00", who: emma}]'


def on_call(needs: str, *more: tuple[str, str]) -> list[str]:
    """A queue for whoever is on call, and what callers of it need."""
    return rota(ON_CALL, ("  nurse: {", f"  night: {{needs: {needs}}}\n  nurse: {{"), *more)


UNREACHED = "warning: nothing leads callers to queue 'night': let a choice go to it, or remove it"


def test_whoever_is_on_call_has_the_skill_named_like_the_rota() -> None:
    assert on_call("nurses") == [UNREACHED]
    assert on_call("nurses and nurse >= 5") == [UNREACHED]


def test_somebody_on_call_has_what_is_needed_in_every_shift() -> None:
    assert on_call("nurses and spanish") == [
        UNREACHED,
        "queue 'night' needs nurses and spanish here, which nobody has",
    ]


def test_a_swap_must_bring_somebody_who_has_it_too() -> None:
    swap = "swaps: {from: 2026-12-24 08:00, to: 2026-12-25 08:00, instead_of: emma, who: ana}"
    assert on_call("nurses and nurse >= 5", ("who: emma}]", f"who: emma}}], {swap}")) == [
        UNREACHED,
        "queue 'night' needs nurse >= 5 and nurses here, which nobody has",
    ]


def test_nobody_has_the_skill_of_a_rota_for_good() -> None:
    assert on_call("nurses", ("skills: {desk: 5", "skills: {nurses: 3, desk: 5")) == [
        UNREACHED,
        "'nurses' is a rota, so whoever is on call has this skill: take it from ana",
    ]
