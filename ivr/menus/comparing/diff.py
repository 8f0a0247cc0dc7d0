"""What a changed plan does differently, in the words of whoever runs the practice: `careline diff`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.menus.comparing.changes import ABSENT, ORDER, Change, changes
from ivr.menus.comparing.diff_hours import DOORS, WORK, week_changes
from ivr.menus.comparing.shown import shown
from ivr.menus.mistakes import place
from ivr.menus.plan.model import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ivr.menus.mistakes import Path
    from ivr.menus.plan.model import Plan

MOST_PHRASES = 3  # that are told by word
NEAR = 4  # words of a text around what changed in it


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence about what stands at `path`."""

    path: Path
    text: str

    def __str__(self) -> str:
        return self.text


def differences(old: Plan, new: Plan) -> tuple[Difference, ...]:
    """All of them, in the order of the plan; () when both are equal and in the same order."""
    return tuple(
        Difference(change.path, said) for change in changes(old, new) for said in (_hours(change, new) or _told(change))
    )


def _told(change: Change) -> list[str]:
    for pattern, tell in _SENTENCES:
        if _fits(pattern, change.path):
            return list(tell(change))
    if change.path[-1:] == (ORDER,):
        what = place(change.path[:-1]).replace("'", "")
        return [f"{what} are in another order: {shown(change.new)}"]
    return [_plainly(change)]


def _fits(pattern: Path, path: Path) -> bool:
    return len(pattern) == len(path) and all(part in {"*", step} for part, step in zip(pattern, path, strict=True))


# ---- whatever it is -------------------------------------------------------------------------------------------------


def _plainly(change: Change) -> str:
    """For every key that has no words of its own."""
    path, named = change.path, place(change.path).replace("'", "")
    if len(path) == 2 and change.old is ABSENT:  # noqa: PLR2004 - a section and a name
        return f"new {named}{_details(change)}"
    if change.new in (None, ABSENT):
        return f"{named} is gone" if len(path) == 2 else f"{_within(path)} is gone, before {_value(change, change.old)}"  # noqa: PLR2004
    if change.old in (None, ABSENT):
        return f"{_within(path)} is new: {_value(change, change.new)}"
    return f"{_within(path)} is {_value(change, change.new)}, before {_value(change, change.old)}"


def _details(change: Change) -> str:
    said = _value(change, change.new)
    return f": {said}" if said not in {"nothing", "as usual"} else ""


def _within(path: Path) -> str:
    """Names what it belongs to first: "queue nurse: needs of step 2"."""
    if len(path) < 3:  # noqa: PLR2004 - a section and a name
        return place(path).replace("'", "")
    return f"{place(path[:2])}: {place(path[2:])}".replace("'", "")


def _value(change: Change, value: object) -> str:
    if value is None or value == ():
        special = next((words for section, words in _SPECIAL.items() if section in change.path), {})
        return special.get(value, "nothing")
    return shown(value, times=change.times)


_SPECIAL: Mapping[str, Mapping[object, str]] = {
    "after_failed_ring": {None: "not ready"},
    "not_ready": {None: "without a limit"},
    "except": {None: "open", (): "closed"},
}

# ---- menus and their ways -------------------------------------------------------------------------------------------


def _leads(change: Change) -> Iterator[str]:
    section, name, _, key, *_ = change.path
    one = "menu" if section == "menus" else "queue"
    yield f"key {key} of {one} {name} now leads to {shown(change.new)}, before: {shown(change.old)}"


def _key(change: Change) -> Iterator[str]:
    _, name, _, key = change.path
    where = f"key {key} of {'menu' if change.path[0] == 'menus' else 'queue'} {name}"
    way = change.old if change.new is ABSENT else change.new
    leads = shown(way.go if isinstance(way, Choice) else way.to)
    yield f"{where} is gone; it led to {leads}" if change.new is ABSENT else f"{where} is new and leads to {leads}"


def _lost(change: Change) -> Iterator[str]:
    _, menu, who = change.path
    now, before = (shown(each) if each else "the operator" for each in (change.new, change.old))
    yield f"who is {who} at menu {menu} now goes to {now}, before: {before}"


def _begins(change: Change) -> Iterator[str]:
    yield f"{_CALLERS[change.path]} {change.new}, before: {change.old}"


_CALLERS: Mapping[Path, str] = {
    ("start",): "callers begin at menu",
    ("operator", "queue"): "key 0 leads to queue",
    ("urgent", "queue"): "callers in danger go to queue",
}

# ---- words ----------------------------------------------------------------------------------------------------------


def _prompt(change: Change) -> Iterator[str]:
    _, name, language = change.path
    if ABSENT in (change.old, change.new):
        yield _plainly(change)
        return
    new, old = _around(change.new.split(), change.old.split())
    yield f"the prompt {name} ({language}) says “{new}”, before “{old}”"


def _around(new: Sequence[str], old: Sequence[str]) -> tuple[str, str]:
    """What differs between two texts, with a few words around it."""
    first = _same(new, old)
    rest = min(len(new), len(old)) - first
    last = min(rest, _same(new[::-1], old[::-1]))
    begin, end = max(0, first - NEAR), max(0, last - NEAR)
    return _cut(new, begin, end), _cut(old, begin, end)


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    return next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def _cut(words: Sequence[str], begin: int, end: int) -> str:
    return f"{'… ' if begin else ''}{' '.join(words[begin : len(words) - end])}{' …' if end else ''}"


def _phrases(change: Change) -> Iterator[str]:
    _, intent, language = change.path
    old: tuple[str, ...] = () if change.old is ABSENT else change.old
    new: tuple[str, ...] = () if change.new is ABSENT else change.new
    added, lost = [each for each in new if each not in old], [each for each in old if each not in new]
    for sign, more in (("+", added), ("-", lost)):
        if more:
            told = ", ".join(more[:MOST_PHRASES]) + (", …" if len(more) > MOST_PHRASES else "")
            phrases = "phrase" if len(more) == 1 else "phrases"
            yield f"{sign}{len(more)} {phrases} for intent {intent} ({language}): {told}"
    if not added and not lost:
        yield f"the phrases for intent {intent} ({language}) are in another order: callers are told to say “{new[0]}”"


# ---- people ---------------------------------------------------------------------------------------------------------


def _skill(change: Change) -> Iterator[str]:
    _, person, _, skill = change.path
    if change.new is ABSENT:
        yield f"{person} does not have {skill} any more, before {change.old}"
    else:
        yield f"{person} has {skill} {change.new}, before {'none' if change.old is ABSENT else change.old}"


def _pin(change: Change) -> Iterator[str]:
    """Never the PIN itself."""
    how = "another" if change.old and change.new else "a" if change.new else "no"
    yield f"{change.path[1]} has {how} PIN now"


def _phone(change: Change) -> Iterator[str]:
    yield f"{change.path[1]} is rung at {change.new}, before {change.old}"


# ---- queues ---------------------------------------------------------------------------------------------------------


def _overflow(change: Change) -> Iterator[str]:
    now, before = (shown(each, times=True) for each in (change.new, change.old))
    yield f"queue {change.path[1]}: overflow after {now} instead of {before}"


def _hours(change: Change, plan: Plan) -> list[str]:
    """The hours of a week; [] for all else."""
    if _fits(("queues", "*", "callback", "hours"), change.path):
        subject, verbs = f"calling back for {change.path[1]}", WORK
    elif _fits(("hours", "*", "week"), change.path):
        subject, verbs = _who_keeps(plan, str(change.path[1])), DOORS
    else:
        return []
    told = list(week_changes(change.old, change.new, verbs)) or ["has the same hours, written otherwise"]
    return [f"{subject} {each}" for each in told]


def _who_keeps(plan: Plan, hours: str) -> str:
    """The hours' name, and the queues and menus that keep them where they are called otherwise."""
    keep = [name for name, queue in plan.queues.items() if queue.hours == hours]
    keep += [name for name, menu in plan.menus.items() if menu.hours == hours]
    others = [name for name in keep if name != hours]
    return f"{hours} ({', '.join(others)})" if others else hours


_SENTENCES: Sequence[tuple[Path, Callable[[Change], Iterator[str]]]] = (
    (("start",), _begins),
    (("operator", "queue"), _begins),
    (("urgent", "queue"), _begins),
    (("menus", "*", "choices", "*"), _key),
    (("menus", "*", "choices", "*", "go"), _leads),
    (("menus", "*", "silent"), _lost),
    (("menus", "*", "unclear"), _lost),
    (("queues", "*", "exits", "*"), _key),
    (("queues", "*", "exits", "*", "to"), _leads),
    (("queues", "*", "overflow", "*", "after"), _overflow),
    (("people", "*", "skills", "*"), _skill),
    (("people", "*", "pin"), _pin),
    (("people", "*", "phone"), _phone),
    (("prompts", "*", "*"), _prompt),
    (("intents", "*", "*"), _phrases),
)
