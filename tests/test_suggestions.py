from __future__ import annotations

from ivr import record as story
from ivr.record import CallRecord, CallSummary, Noted
from ivr.suggestions import Suggestion, as_yaml, suggestions

KNOWN = {"en": ("refill my prescription", "pay my bill")}


def call(*entries: story.Entry, language: str = "en") -> CallRecord:
    timeline = tuple(Noted(float(at), entry) for at, entry in enumerate(entries))
    return CallRecord(CallSummary("1.1", "C-20261120-0001", 0.0, language=language), timeline)


ABOUT_A_BILL = call(
    story.HeardSpeech("my name is Xanthopoulos and i want to pay the pharmacy bill 4417", 0.8),
    story.Understood("refills", 0.9, ("pharmacy",)),
    story.RoutedTo("refills", intent="refills"),
    story.Misrouted("nurse", "ana"),
    story.Misrouted("billing", "ana"),
)


def test_what_was_misrouted_becomes_a_phrase_without_names_and_numbers() -> None:
    found = suggestions([ABOUT_A_BILL, ABOUT_A_BILL], KNOWN)
    said = "my … is … and i want to pay the pharmacy bill …"
    assert found == [Suggestion("en", said, "refills", "billing", 2)]
    assert as_yaml(found[0]) == f"intents:\n  billing:\n    en:\n      - {said}"


def test_what_was_understood_rightly_is_no_suggestion() -> None:
    right = call(
        story.HeardSpeech("pay my bill", 0.9), story.Understood("billing", 0.9), story.Misrouted("billing", "ana")
    )
    assert suggestions([right], KNOWN) == []


def test_a_language_that_nobody_knows_shows_nothing() -> None:
    said = call(story.HeardSpeech("rezept", 0.9), story.Understood("", 0.0), story.Misrouted("refills", "ana"))
    assert suggestions([said], {}) == [Suggestion("en", "…", "", "refills", 1)]
