from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ivr.edition import understanding_of
from ivr.intent_trial import Coverage, IntentTrial, Outcome, Share, accuracy, coverage, labels, read, shares
from ivr.menus.reading.load import load
from ivr.sentences import BadTrial, Sentence

FILE = Path(__file__).parents[1] / "dialplans" / "riverside.yaml"
PLAN = load(FILE)
TRIAL = IntentTrial(PLAN, "welcome", understanding_of(PLAN, FILE), date(2026, 11, 20))


def outcome(confidence: float, *, right: bool, intent: str = "billing") -> Outcome:
    return Outcome(Sentence("billing", "…"), intent, confidence, "route", is_right=right)


def test_coverage_is_the_share_that_can_be_acted_on_with_at_most_a_twentieth_wrong() -> None:
    sure = [outcome(0.9, right=True) for _ in range(19)]
    assert coverage([*sure, outcome(0.8, right=False), outcome(0.7, right=False)]) == Coverage(20 / 21, 0.8)


def test_those_as_sure_as_each_other_are_acted_on_together_or_not_at_all() -> None:
    assert coverage([outcome(0.9, right=True), outcome(0.9, right=False)]) == Coverage(0.0, 1.0)


def test_red_flags_have_no_threshold() -> None:
    outcomes = [outcome(1.0, right=False, intent="danger"), outcome(0.9, right=True)]
    assert (coverage(outcomes), accuracy(outcomes)) == (Coverage(1.0, 0.9), 0.5)


def test_nothing_tried_is_nothing_wrong() -> None:
    assert (accuracy([]), coverage([]), shares([])["ask"].error) == (1.0, Coverage(0.0, 1.0), 0.0)


async def test_sentences_are_routed_confirmed_or_asked_again_as_in_a_call() -> None:
    said = [
        Sentence("billing", "I want to pay my bill", language="en"),
        Sentence("refills", "I want to pay my bill", language="en"),
        Sentence("none", "xyzzy", language="en"),
        Sentence("operator", "a real person", language="en"),
        Sentence("nurse", "my chest hurts", language="en"),
        Sentence("billing", "my chest hurts", language="en"),
    ]
    outcomes = await TRIAL.tried(said)
    assert [each.intent for each in outcomes] == ["billing", "billing", "none", "operator", "danger", "danger"]
    assert [each.is_right for each in outcomes] == [True, False, True, True, True, False]
    assert shares(outcomes)["route"] == Share(5, 2, 6)
    assert outcomes[0].evidence == ("pay", "bill")


def test_words_that_were_heard_badly_are_confirmed_at_best() -> None:
    said = Sentence("billing", "", Path("bill.wav"), "en")
    assert TRIAL.understood(said, ("pay my bill",), heard=0.3).what in {"confirm", "ask"}


def test_foreign_labels_are_renamed_and_unknown_ones_told_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "ours.tsv"
    file.write_text("book\tan appointment\nmoney\ta bill\n", "utf-8")
    with pytest.raises(BadTrial, match=r"ours.tsv:2: 'money' is no intent of menu 'welcome' .* say --map money=INTENT"):
        read(file, PLAN, "welcome", {"book": "scheduling"})
    assert [each.label for each in read(file, PLAN, "welcome", {"book": "scheduling", "money": "billing"})] == [
        "scheduling",
        "billing",
    ]


def test_a_menu_that_is_not_there_is_told() -> None:
    with pytest.raises(BadTrial, match="there is no menu 'wellcome'; the plan has welcome, specialty"):
        labels(PLAN, "wellcome")
