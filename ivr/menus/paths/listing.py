"""Every path of a plan, once: each edge of each menu and queue, in each language, whoever calls and whatever is open.

What leads to the same is listed once. A question is answered in every way when it is put for the first time in a
language; whoever comes to it again goes on by the shortest way to an end. A failure is repeated until the plan gives
up. While something is closed, only what it changes is listed. Each queue is then waited in: with everybody talking,
with nobody logged in, and so full that its rules act.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ivr.menus.paths import edges, giving
from ivr.menus.paths.conditions import doorways
from ivr.menus.paths.crowds import NOBODY_ELSE, Crowd, crowds_of
from ivr.menus.paths.journey import Journey
from ivr.menus.paths.nouns import Act, Caller, How, Path, Place
from ivr.menus.plan.callers import WITHHELD

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator
    from datetime import datetime

    from ivr.menus.paths.conditions import Doorway
    from ivr.menus.paths.edges import Acts
    from ivr.menus.plan.model import Plan
    from ivr.menus.steps import Ask

NOT_LISTED_SAMPLE = "6175550111"  # 555-01xx numbers are nobody's


@dataclass(frozen=True, slots=True)
class Entrance:
    """A number that is dialled, and who dials it."""

    dialled: str
    caller: Caller


def listed(plan: Plan, since: datetime) -> tuple[Path, ...]:
    """`since` is when the year begins whose hours and holidays are looked at."""
    usual, *others = doorways(plan, since)
    menus = [*_Menus(plan, usual).paths()]
    for doors in others:
        menus += _affected(_Menus(plan, doors).paths(), doors)
    return (*(path for _, path in menus), *_lines(plan, (found for found, _ in menus)))


# ---- the menus ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """How one came there."""

    entrance: Entrance
    doors: Doorway
    acts: Acts
    joined: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Menus:
    """All paths through the menus while these doors are open."""

    plan: Plan
    doors: Doorway
    _seen: set[Hashable] = field(default_factory=set)

    def paths(self) -> Iterator[tuple[_Found, Path]]:
        for entrance in entrances(self.plan):
            ahead = deque[tuple[Act, ...]]([()])
            while ahead:
                acts = ahead.popleft()
                journey = _gone(self.plan, entrance, self.doors, NOBODY_ELSE, acts)
                if journey.question is not None:
                    ahead += [(*acts, act) for act in self._onward(journey, acts)]
                    continue
                found = _Found(entrance, self.doors, acts, tuple(journey.joined))
                journey.waits_on()
                yield found, _path(entrance, self.doors, NOBODY_ELSE, acts, journey)

    def _onward(self, journey: Journey, acts: Acts) -> list[Act]:
        question, menu = journey.question, journey.walk.menu
        assert question, "the journey has come to a question"
        if journey.walk.slot:
            return self._giving(journey.walk.slot, question, journey, acts)
        first = self._is_new((menu, question.language, question.keys, question.intents, journey.walk.needs))
        if edges.is_confirmation(question):
            return [*edges.everything(self.plan, "", question)] if first else edges.yes_or_no(self.plan, question)
        if acts and acts[-1].how in {How.SILENT, How.UNCLEAR} and journey.retries:
            return [edges.again(question, acts[-1])]
        if not first or question.closed or (acts and acts[-1].how is How.UNHEARD) or journey.retries:
            return [edges.onward(self.plan, menu, question)]
        return [*edges.everything(self.plan, menu, question)]

    def _giving(self, slot: str, question: Ask, journey: Journey, acts: Acts) -> list[Act]:
        """As at a menu; a value that was refused is given once more, and confirmed."""
        first = self._is_new((slot, question.language, question.keys, question.intents))
        if giving.is_failure(acts[-1]) and journey.retries:
            return [giving.again(question, acts[-1])]
        if not first or acts[-1].how is How.UNHEARD or (journey.retries and not giving.is_check(question)):
            return [giving.onward(self.plan, slot, question)]
        return [*giving.everything(self.plan, slot, question)]

    def _is_new(self, state: Hashable) -> bool:
        is_new = state not in self._seen
        self._seen.add(state)
        return is_new


def entrances(plan: Plan) -> Iterator[Entrance]:
    """Every number, the plan's usual start, and everybody whom the plan knows by the number they ring from."""
    anybody = Caller(sample_number(plan))
    for number in (*plan.numbers, ""):
        yield Entrance(number, anybody)
    usual = next(iter(plan.numbers), "")
    if blocked := plan.callers.blocked:
        yield Entrance(usual, Caller(_shown(blocked.numbers[0]), "blocked"))
    for name, preferred in plan.callers.preferred.items():
        yield Entrance(usual, Caller(_shown(preferred.numbers[0]), f"preferred.{name}"))


def _shown(number: str) -> str:
    """What the PBX shows of a caller."""
    return "" if number == WITHHELD else number


def sample_number(plan: Plan) -> str:
    """Whom nobody knows, and who may be called back where anybody may."""
    if plan.outside is None:
        return NOT_LISTED_SAMPLE
    prefix = plan.outside.numbers[0]
    pattern = f"+1{NOT_LISTED_SAMPLE}"
    full = prefix + pattern[len(prefix) :]
    return full if plan.outside.phone_of(full) else NOT_LISTED_SAMPLE


def _affected(found: Iterable[tuple[_Found, Path]], doors: Doorway) -> Iterator[tuple[_Found, Path]]:
    """What is not as usual: something closed is met; of what is only said before the greeting, once for each number.

    What closes meanwhile is the same for everybody who comes to it: it is listed once.
    """
    told: set[Hashable] = set()
    for each, path in found:
        closed = frozenset(place for place in path.places if place[-1] == "closed")
        news: Hashable = closed if doors.meanwhile else each.entrance
        if (closed and not (doors.meanwhile and news in told)) or (doors.says and news not in told):
            told.add(news)
            yield each, path


# ---- the queues -----------------------------------------------------------------------------------------------------


def _lines(plan: Plan, found: Iterable[_Found]) -> Iterator[Path]:
    """Every queue, in every language that callers come to it in, by a short way that leads there, of keys if one is."""
    ways: dict[tuple[str, str], _Found] = {}
    for each in found:
        for arrival in islice(each.joined, 1):
            ways[arrival] = min(ways.get(arrival, each), each, key=_effort)
    for arrival, way in ways.items():
        yield from _in_line(plan, way, *arrival)


def _effort(way: _Found) -> tuple[bool, int, int]:
    return bool(way.entrance.caller.name), sum(act.how is not How.PRESS for act in way.acts), len(way.acts)


def _in_line(plan: Plan, found: _Found, queue: str, language: str) -> Iterator[Path]:
    for crowd in crowds_of(queue, plan.queues[queue]):
        yield from _waiting(plan, found, crowd, found.acts)
        for act in edges.leaving(plan, queue, language) if crowd.busy and not crowd.waiting else ():
            yield from _waiting(plan, found, crowd, (*found.acts, act))


def _waiting(plan: Plan, found: _Found, crowd: Crowd, acts: Acts) -> Iterator[Path]:
    """To every end, whatever is offered meanwhile being taken, and declined."""
    ahead = deque([acts])
    while ahead:
        acts = ahead.popleft()
        journey = _gone(plan, found.entrance, found.doors, crowd, acts)
        journey.waits_on()
        if journey.offered is not None:
            ahead += [(*acts, *more) for more in edges.on_offer(journey.offered)]
        else:
            yield _path(found.entrance, found.doors, crowd, (*acts, *journey.agreed), journey)


# ---- both -----------------------------------------------------------------------------------------------------------


def _gone(plan: Plan, entrance: Entrance, doors: Doorway, crowd: Crowd, acts: Acts) -> Journey:
    journey = Journey(plan, entrance.dialled, entrance.caller, doors, crowd)
    for act in acts:
        journey.does(act)
    return journey


def _path(entrance: Entrance, doors: Doorway, crowd: Crowd, acts: Acts, journey: Journey) -> Path:
    places = {*journey.places, *_entered(entrance), ("doors", doors.name)}
    return Path(
        entrance.dialled,
        entrance.caller,
        doors,
        crowd,
        journey.walk.language,
        acts,
        tuple(journey.end),
        frozenset(places),
    )


def _entered(entrance: Entrance) -> Iterator[Place]:
    if entrance.dialled:
        yield ("numbers", entrance.dialled)
    if entrance.caller.name:
        yield ("callers", *entrance.caller.name.split("."))
