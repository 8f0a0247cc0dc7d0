"""`careline try`: a call without a PBX, and what would be told of it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from ivr.menus.mistakes import PlanErrors
from ivr.menus.reading.load import load
from ivr.simulator.terminal import Script
from ivr.trial import Moment, Trial, UnknownClosure, text_prompts
from tests.fakes import Seen

RIVERSIDE = Path(__file__).parents[1] / "dialplans" / "riverside.yaml"


OPEN = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001 - a Tuesday, in the practice's own time
CHRISTMAS = datetime(2026, 12, 25, 10, 0)  # noqa: DTZ001 - the same


async def tried(
    *lines: str, dialled: str = "", at: datetime = OPEN, closures: tuple[str, ...] = ()
) -> tuple[list[str], list[str], list[str]]:
    """What the caller hears, what the phones do, and what the record tells; the caller hangs up on the person."""
    script, phones = Script(lines), Seen[str]()
    trial = Trial(RIVERSIDE, script, phones.add, Moment(at, closures), pace=0)
    talks = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(trial.run(dialled))
        hanging_up = group.create_task(trial.hang_up_after(talks, 0))
        watching = group.create_task(phones.until(lambda told: "talks with the caller" in told))
        watching.add_done_callback(lambda _: talks.set())
        await running
        hanging_up.cancel()
        watching.cancel()
    return script.heard, phones.all, [str(line) for line in trial.told()]


async def test_a_sentence_rings_the_right_phone_and_the_record_says_why() -> None:
    heard, phones, told = await tried("I need to reschedule my appointment with cardiology")
    assert heard[0].startswith("Thank you for calling Riverside Medical Group.")
    assert phones[:3] == ["PJSIP/ana rings: Scheduling", "PJSIP/ana answers", "PJSIP/ana talks with the caller"]
    assert any("Connected with Ana" in line for line in told)
    assert any("needs somebody with cardiology" in line for line in told)


async def test_the_number_that_was_dialled_decides_the_language() -> None:
    heard, _, _ = await tried("0", dialled="+16175550143")
    assert heard[0].startswith("Gracias por llamar a Riverside Medical Group.")


async def test_a_caller_who_types_nothing_more_has_hung_up() -> None:
    _, phones, told = await tried("1")
    assert phones == []
    assert told[-1].endswith("The caller hung up in the menu.")


async def test_a_code_can_be_tried_and_leaves_no_record() -> None:
    heard, _, told = await tried("4826#", "2", dialled="7700")
    assert "Switched on: snow day." in heard
    assert told == ["No record is kept of a call to a code."]


async def test_a_plan_with_mistakes_is_not_tried(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("menus: 7\n")
    with pytest.raises(PlanErrors):
        Trial(tmp_path / "plan.yaml", Script([]), print, Moment())


async def test_a_holiday_and_a_snow_day_can_be_tried_on_any_day() -> None:
    _, _, told = await tried("1", at=CHRISTMAS)
    assert any("is closed now" in line for line in told)
    heard, _, _ = await tried("1", closures=("snow",))
    assert "snow" in heard[0]


def test_a_closure_that_the_plan_has_not_is_told_with_the_likely_one() -> None:
    with pytest.raises(UnknownClosure, match="'snwo' is no closure of the plan; did you mean 'snow'"):
        Trial(RIVERSIDE, Script([]), print, Moment(OPEN, ("snwo",)))


def test_every_prompt_of_the_plan_can_be_read() -> None:
    prompts = text_prompts(load(RIVERSIDE))
    for language in ("en", "es"):
        for name in ("welcome", "beep", "voicemail_saved", "you_are_next", "operator", "specialty.2.confirm"):
            assert prompts.text(prompts.sound(language, name))
