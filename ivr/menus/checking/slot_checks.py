"""What is wrong with the slots of a plan, and what they ask of its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.mistakes import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.mistakes import Path
    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.slots import SlotValue
    from ivr.menus.plan.values import Target


def slot_mistakes(plan: Plan) -> Iterator[Finding]:
    for name in plan.slots.keys() - collected(plan):
        yield Finding(("slots", name), f"no choice collects slot '{name}'", warning=True)
    yield from _same_values(plan)


def collected(plan: Plan) -> frozenset[str]:
    """The slots that some choice asks for."""
    choices = [choice for menu in plan.menus.values() for choice in menu.ways.values()]
    return frozenset(slot for choice in choices for slot in choice.collect)


def slot_skills(plan: Plan) -> frozenset[str]:
    """The skills that something to choose needs."""
    values = [value for slot in plan.slots.values() for value in slot.values.values()]
    return frozenset(skill for value in values for skill in value.needs)


def chosen_ways(plan: Plan, menu: str, gathered: frozenset[str]) -> Iterator[tuple[Path, Target, frozenset[str]]]:
    """Where the choices of a menu lead who chose a value that needs a skill, and what is needed of a person there."""
    for choice in plan.menus[menu].ways.values():
        for slot in choice.collect:
            for name, value in plan.slots[slot].values.items():
                if value.needs:
                    here: Path = ("slots", slot, "values", name, "needs")
                    yield here, choice.go, gathered | choice.needs | value.needs


def _same_values(plan: Plan) -> Iterator[Finding]:
    """Two values of one slot with a key or a phrase in common: nobody could tell which is meant."""
    for name, slot in plan.slots.items():
        first: dict[str, str] = {}
        for value, each in slot.values.items():
            for mark in sorted(_marks(each)):
                if other := first.get(mark):
                    said = f"'{mark}' chooses value '{other}' and value '{value}' of slot '{name}': keep it in one"
                    yield Finding(("slots", name, "values", value), said)
                first.setdefault(mark, value)


def _marks(value: SlotValue) -> set[str]:
    said = {" ".join(phrase.casefold().split()) for phrases in value.say.values() for phrase in phrases}
    return said | ({value.key} if value.key else set())
