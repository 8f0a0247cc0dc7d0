"""What the telephone says of each closure to whoever switches it; made from its `name`.

closure.snow.on             "Snow day: on. To switch it off, press one."
closure.snow.off            "Snow day: off. To switch it on, press one."
closure.snow.switched_on    "Switched on: snow day."
closure.snow.switched_off   "Switched off: snow day."
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.plan.closures import MOST_BY_PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.values import Language

_SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "on": "{Name}: on. To switch it off, press {key}.",
        "off": "{Name}: off. To switch it on, press {key}.",
        "switched_on": "Switched on: {name}.",
        "switched_off": "Switched off: {name}.",
    },
    "es": {
        "on": "{Name}: está en marcha. Para desactivar este aviso, oprima {key}.",
        "off": "{Name}: no está en marcha. Para activar este aviso, oprima {key}.",
        "switched_on": "Se activó el aviso: {name}.",
        "switched_off": "Se desactivó el aviso: {name}.",
    },
}


def closure_prompt(closure: str, what: str) -> str:
    """`what` is on, off, switched_on or switched_off."""
    return f"closure.{closure}.{what}"


def closure_texts(plan: Plan, language: Language, digits: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names of prompts and their texts, where there is an extension that needs them; `digits` are the keys' names."""
    if switched_by_phone(plan):
        for key, (closure, each) in enumerate(list(plan.closures.items())[:MOST_BY_PHONE], start=1):
            name = each.name[language]
            for what, text in _SENTENCES[language].items():
                said = text.format(Name=name[0].upper() + name[1:], name=name, key=digits[key])
                yield closure_prompt(closure, what), said


def switched_by_phone(plan: Plan) -> bool:
    """Whether there is an extension that speaks of the closures."""
    return any(code.does == "closures" for code in plan.codes.values())
