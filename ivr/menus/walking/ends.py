"""Where the menus end: a place in line, a voicemail box, goodbye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.model import Urgency
from ivr.menus.plan.values import Kind, Language, Target
from ivr.menus.steps import Bye, ToQueue, ToVoicemail

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan
    from ivr.menus.walking.matter import Matter

End = ToQueue | ToVoicemail | Bye


def end(plan: Plan, language: Language, matter: Matter, target: Target, prompts: tuple[str, ...]) -> End:
    """Raises ValueError for a target that ends nothing: a menu, or a callback, of which only the queue knows."""
    match target.kind:
        case Kind.QUEUE:
            return in_line(plan, language, matter, target.name, prompts or ("connecting",))
        case Kind.VOICEMAIL:
            matter.because(f"To voicemail '{target.name}'.")
            return ToVoicemail(
                language, target.name, matter.intent, matter.reasons, prompts, matter.also, matter.values
            )
        case Kind.GOODBYE:
            matter.because("The caller was served.")
            return Bye(language, (*prompts, "goodbye"), matter.reasons)
    raise ValueError(target)


def in_line(plan: Plan, language: Language, matter: Matter, queue: str, prompts: tuple[str, ...]) -> ToQueue:
    needs, urgent = _needs(plan, language, matter), _is_urgent(plan, matter, queue)
    wanted = f", with {' and '.join(sorted(needs))}" if needs else ""
    matter.because(f"To queue '{queue}'{wanted}{', urgent' if urgent else ''}.")
    return ToQueue(
        language,
        queue,
        needs,
        urgent,
        matter.intent,
        matter.reasons,
        prompts,
        matter.known.head_start if matter.known else 0.0,
        matter.also,
        matter.values,
        pressing=matter.distressed,
    )


def _needs(plan: Plan, language: Language, matter: Matter) -> frozenset[str]:
    """In danger any nurse now is better than the right one later: only the queue's own needs count."""
    if matter.in_danger:
        return frozenset()
    spoken = plan.practice.language_skills.get(language)
    return matter.needs | ({spoken} if spoken else set())


def _is_urgent(plan: Plan, matter: Matter, queue: str) -> bool:
    known_as_urgent = matter.known is not None and matter.known.urgent
    return matter.in_danger or known_as_urgent or plan.queues[queue].urgency is Urgency.URGENT
