"""What callers say of the talk itself, in every plan without being written: "repeat that", "go back", "operator"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.plan.model import ANSWERS, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.menus.plan.values import Language

REPEAT, BACK, CHOICES, PERSON = "repeat", "back", "choices", "person"

MANNERS: Mapping[str, Mapping[Language, tuple[str, ...]]] = {
    REPEAT: {
        "en": ("repeat that", "say that again", "can you repeat", "what did you say", "come again", "pardon"),
        "es": ("repita por favor", "puede repetir", "otra vez por favor", "cómo dijo", "no le escuché", "no oí"),
    },
    BACK: {
        "en": ("go back", "back up", "previous menu", "main menu", "start over", "take me back", "that was a mistake"),
        "es": ("volver atrás", "regresar", "quiero regresar", "menú anterior", "empezar de nuevo", "me equivoqué"),
    },
    CHOICES: {
        "en": (
            "what are my choices",
            "what are my options",
            "what can I say",
            "list the options",
            "tell me the choices",
        ),
        "es": ("cuáles son mis opciones", "qué opciones hay", "qué opciones tengo", "qué puedo decir", "las opciones"),
    },
    PERSON: {
        "en": ("operator", "representative", "talk to a person", "a real person", "receptionist", "a human being"),
        "es": ("operadora", "representante", "hablar con una persona", "recepcionista", "una persona de verdad"),
    },
}

BUILT_IN: Mapping[str, Mapping[Language, tuple[str, ...]]] = {**ANSWERS, **MANNERS}
"""The intents that every plan has; a plan gives none of its own these names."""


def manners(plan: Plan) -> tuple[str, ...]:
    """The intents that count at every question; a plan's own way to say "operator" takes the place of the built-in."""
    return (plan.operator.intent or PERSON, REPEAT, BACK, CHOICES)
