"""Every path, walked: the session and the queues come to the same end as the walk and the engine alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ivr.menus.paths.listing import listed
from ivr.menus.reading.load import load
from ivr.rehearsal.simulated import SimulatedRehearsal
from tests.menus.paths.scene import A_TUESDAY
from tests.menus.paths.test_giving import COLLECTED, DOCTOR, asking_for
from tests.menus.paths.test_listing import HOURS, OUTSIDE, WAYS_OUT
from tests.menus.plans import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.rehearsal.results import Result

PLANS = Path(__file__).parents[2] / "dialplans"


def rehearsed(file: Path) -> Sequence[Result]:
    plan = load(file)
    return list(SimulatedRehearsal(plan, file).run(listed(plan, A_TUESDAY)))


def wrong(results: Sequence[Result]) -> list[str]:
    return [f"{result.path.key}: {result.told}" for result in results if not result.passed]


def written(folder: Path, *replacements: tuple[str, str]) -> Path:
    shutil.copy(PLANS / "red_flags.yaml", folder)
    file = folder / "plan.yaml"
    file.write_text(changed(*replacements), "utf-8")
    return file


def test_every_path_of_the_practice_comes_to_its_end() -> None:
    results = rehearsed(PLANS / "riverside.yaml")
    assert wrong(results) == []
    assert len(results) > 300


def test_so_does_every_path_of_a_plan_with_closed_doors_and_ways_out(tmp_path: Path) -> None:
    snow = ("queues:\n", "closures: {snow: {say: hours, closes: [office]}}\nqueues:\n")
    shut = (
        "    needs: [desk]\n",
        "    hours: office\n    closed: {to: voicemail desk, say: hours}\n    needs: [desk]\n",
    )
    assert wrong(rehearsed(written(tmp_path, HOURS, snow, WAYS_OUT, shut, OUTSIDE))) == []


def test_so_does_every_path_of_whoever_the_plan_knows(tmp_path: Path) -> None:
    known = """callers:
  blocked: {numbers: ["+16175550166"]}
  preferred: {hospital: {numbers: ["+16175550190"], to: queue nurse}}
queues:
"""
    assert wrong(rehearsed(written(tmp_path, ("queues:\n", known)))) == []


@pytest.mark.parametrize("kind", ["date_of_birth", "telephone", "day", "time_of_day", "yes_no", "choice"])
def test_so_does_every_path_on_which_something_is_asked_for(tmp_path: Path, kind: str) -> None:
    slot = DOCTOR if kind == "choice" else asking_for(kind)
    assert wrong(rehearsed(written(tmp_path, COLLECTED, slot))) == []


def test_who_says_what_the_recogniser_is_not_sure_of_is_asked_and_remarked(tmp_path: Path) -> None:
    unclear = ("bill: {en: [billing]", "bill: {en: [see the bill]")
    results = rehearsed(written(tmp_path, unclear))
    assert wrong(results) == []


def test_a_path_that_ends_elsewhere_says_where(tmp_path: Path) -> None:
    file = written(tmp_path)
    plan = load(file)
    other = load(written(tmp_path, ("go: voicemail desk", "go: goodbye")))
    path = next(path for path in listed(plan, A_TUESDAY) if path.does == "press 3")
    (result,) = SimulatedRehearsal(other, file).run([path])
    assert not result.passed
    assert result.told == "it ended at goodbye, and not at voicemail desk → message kept"
    assert result.heard[0] == "Welcome."


GOALS = st.sampled_from(["queue desk", "queue nurse", "voicemail desk", "goodbye", "main", "office", "more"])
RULES = st.sampled_from(
    [
        "overflow: {after: 4m, to: voicemail desk}",
        "overflow: {after: 1m, to: queue nurse}",
        "overflow: {after: 30s, offer: voicemail desk}",
        "refuse: {when: {length: 2}, to: voicemail desk}, exits: {3: voicemail desk}, listens: yes",
        "overflow: {when: {staffed_below: 1}, to: more}",
    ]
)


@pytest.mark.slow
@settings(
    max_examples=5, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=GOALS, second=GOALS, third=GOALS, rule=RULES)
def test_every_path_that_is_listed_ends_as_it_says(
    tmp_path: Path, first: str, second: str, third: str, rule: str
) -> None:
    file = written(
        tmp_path,
        ("intent: visit, go: office", f"intent: visit, go: {first}"),
        ("go: voicemail desk}", f"go: {second}}}"),
        ("needs: [cardiology], go: queue desk", f"needs: [cardiology], go: {third}"),
        ("overflow: {after: 4m, to: voicemail desk}", rule),
    )
    assert wrong(rehearsed(file)) == []
