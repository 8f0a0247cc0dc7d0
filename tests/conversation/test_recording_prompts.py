"""A prompt is recorded from a desk phone: chosen by its number, heard, kept or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.call import CallerGone
from ivr.conversation.recording_prompts import TAKES, RecordingPrompts
from ivr.conversation.studio import Place, Spoiled
from ivr.simulator.call import SimulatedCall
from ivr.simulator.terminal import Script
from tests.house import House
from tests.menus.plans import small

WELCOME = Place("en", "welcome")
PROOF = Path("the new welcome")
WHICH, CHOOSE = "Please enter the number of the prompt, then press pound.", "To keep it, press one."


class RememberedStudio:
    """conversation.studio.Studio with one prompt, 101; `spoils` are what becomes of the first takes."""

    def __init__(self, folder: Path, *spoils: str) -> None:
        self.kept: list[tuple[Place, str, float]] = []
        self.drafts: set[Path] = set()
        self._folder = folder
        self._spoils = list(spoils)

    async def place(self, number: int) -> Place | None:
        return {101: WELCOME, 102: Place("en", "of_an_earlier_plan")}.get(number)

    def draft(self, call: str) -> Path:
        self.drafts.add(self._folder / call)
        return self._folder / call

    async def proof(self, draft: Path) -> Path:
        assert draft in self.drafts
        if self._spoils:
            raise Spoiled(self._spoils.pop(0))
        return PROOF

    async def keep(self, place: Place, draft: Path, *, who: str, at: float) -> None:
        self.kept.append((place, who, at))

    def forget(self, draft: Path) -> None:
        self.drafts.remove(draft)


class Desk:
    """One phone, whose person presses and says the lines."""

    def __init__(self, folder: Path, *lines: str, spoils: tuple[str, ...] = ()) -> None:
        self.studio = RememberedStudio(folder, *spoils)
        self.house = House(small())
        object.__setattr__(self.house.work, "studio", self.studio)
        self.script = Script(lines)
        self.call = SimulatedCall("desk", self.script, self.house.prompts, self.house.switch)

    async def records(self) -> list[str]:
        """What the person hears; whoever has nothing more to press hangs up."""
        with pytest.raises(CallerGone):
            await RecordingPrompts(self.call, self.house.work, "lena").run()
        return self.script.heard


async def test_who_keeps_a_take_is_noted_and_asked_for_the_next_number(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "101", "Good morning, Riverside.", "1")
    heard = await desk.records()
    assert desk.studio.kept == [(WELCOME, "lena", desk.house.clock.time)]
    assert desk.studio.drafts == set()
    text = desk.house.prompts.text(desk.house.prompts.sound("en", "welcome"))
    begin = "Please speak after the tone. When you are done, press pound."
    assert heard[:6] == [WHICH, "This is how it sounds now.", text, begin, "(beep)", str(PROOF)]
    assert heard[6].startswith(CHOOSE)
    assert heard[7:] == ["It is kept. Callers hear it from now on.", WHICH]


async def test_a_take_is_made_again_until_one_is_liked(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "101", "Gud", "2", "Good", "2", "Good morning.", "1")
    heard = await desk.records()
    assert (heard.count("(beep)"), len(desk.studio.kept)) == (3, 1)


@pytest.mark.parametrize("answers", [["3"], ["7", "", "9"]], ids=["three", "no answer"])
async def test_a_take_that_nobody_keeps_changes_nothing(tmp_path: Path, answers: list[str]) -> None:
    desk = Desk(tmp_path, "101", "Good morning.", *answers)
    heard = await desk.records()
    assert (desk.studio.kept, desk.studio.drafts) == ([], set())
    assert heard[-2:] == ["Nothing has been changed.", WHICH]


async def test_a_take_that_callers_could_not_be_given_is_made_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "101", "", "AH", "Ah", "1", spoils=("record_silent", "record_too_loud"))
    heard = await desk.records()
    said = [line for line in heard if line.startswith(("I could not hear", "That was too loud"))]
    assert (len(said), heard.count("(beep)"), len(desk.studio.kept)) == (2, 3, 1)


async def test_nobody_records_for_ever(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "101", *[""] * TAKES, spoils=("record_silent",) * (TAKES + 1))
    heard = await desk.records()
    assert (heard.count("(beep)"), heard[-1], desk.studio.kept) == (TAKES, WHICH, [])


@pytest.mark.parametrize("wrong", ["100", "*", "102"], ids=["no prompt's", "no number", "of an earlier plan"])
async def test_a_number_that_no_prompt_has_is_asked_for_again_and_then_the_call_ends(
    tmp_path: Path, wrong: str
) -> None:
    desk = Desk(tmp_path, wrong, wrong, wrong)
    await RecordingPrompts(desk.call, desk.house.work, "lena").run()
    unknown = "There is no prompt with that number."
    assert desk.script.heard == [WHICH, unknown, WHICH, unknown, WHICH, unknown, "Goodbye."]


async def test_who_hangs_up_while_recording_leaves_nothing_behind(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "101")
    await desk.records()
    assert (desk.studio.kept, desk.studio.drafts) == ([], set())


async def test_where_nothing_can_be_recorded_no_prompt_has_a_number() -> None:
    house = House(small())
    script = Script(["101", "101", "101"])
    call = SimulatedCall("desk", script, house.prompts, house.switch)
    await RecordingPrompts(call, house.work, "lena").run()
    assert script.heard.count("There is no prompt with that number.") == 3
