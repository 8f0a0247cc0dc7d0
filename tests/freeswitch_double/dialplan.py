"""The XML dialplan: which applications a call runs through. Source: mod_dialplan_xml.c (parse_exten, dialplan_hunt)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

INLINE = {"set", "unset", "log", "export"}  # those with SAF_ROUTING_EXEC that we know
VARIABLE = re.compile(r"\$?\$\{([^{}]+)\}")
GROUP = re.compile(r"\$(\d)")
SHIELDED = "\x00"  # stands for a dollar that came out of a value


@dataclass(frozen=True, slots=True)
class Action:
    application: str
    data: str


class Asks(Protocol):
    """The channel that is being routed."""

    def expand(self, text: str) -> str: ...
    def field(self, name: str) -> str: ...
    def run_inline(self, action: Action) -> None: ...


class Dialplan:
    """Contexts by name, from the files and texts of a configuration."""

    def __init__(self, sources: Iterable[Path | str]) -> None:
        self._contexts: dict[str, list[ET.Element]] = {}
        for source in sources:
            root = ET.fromstring(source if isinstance(source, str) else source.read_text())
            for context in root.iter("context"):
                self._contexts.setdefault(context.get("name", ""), []).extend(context.findall("extension"))

    def text(self, context: str) -> str:
        """A context as XML, without its comments; "" when there is none."""
        element = ET.Element("context", name=context)
        element.extend(self._contexts.get(context, []))
        return ET.tostring(element, encoding="unicode") if len(element) else ""

    def hunt(self, context: str, channel: Asks) -> list[Action]:
        """The actions of the first extension that matches, after those of all that say continue="true"."""
        found: list[Action] = []
        for extension in self._contexts.get(context, []):
            if _parse(extension, channel, found) and extension.get("continue") != "true":
                break
        return found


def _parse(extension: ET.Element, channel: Asks, found: list[Action]) -> bool:
    """Whether the extension matched: its last condition that was looked at decides, or an anti-action."""
    matched = False
    for condition in extension.findall("condition"):
        match = _match(condition, channel)
        matched = match is not None
        for each in condition.findall("action" if match else "anti-action"):
            matched = True
            _add(each, match, channel, found)
        if condition.get("break", "on-false") in {"always", "on-true" if match else "on-false"}:
            break
    return matched


def _match(condition: ET.Element, channel: Asks) -> re.Match[str] | None:
    field, expression = condition.get("field", ""), condition.get("expression", "")
    if not field:
        return re.search("", "")
    value = channel.expand(field) if "$" in field else channel.field(field)
    return re.search(channel.expand(expression), value)


def _add(element: ET.Element, match: re.Match[str] | None, channel: Asks, found: list[Action]) -> None:
    data = element.get("data", "")
    if match:
        data = GROUP.sub(lambda group: _group(match, int(group[1])), data)
    action = Action(element.get("application", ""), data)
    if element.get("inline") != "true":
        found.append(action)
    elif action.application in INLINE:
        channel.run_inline(action)


def _group(match: re.Match[str], number: int) -> str:
    return (match[number] or "") if number <= (match.re.groups or 0) else ""


def expand(text: str, look_up: Callable[[str], str]) -> str:
    """Replace ${name} and ${api(arguments)}, the innermost first; what a value holds is not looked at again."""
    while match := VARIABLE.search(text):
        value = look_up(match[1].replace(SHIELDED, "$")).replace("$", SHIELDED)
        text = text[: match.start()] + value + text[match.end() :]
    return text.replace(SHIELDED, "$")


def cond(arguments: str) -> str:
    """`a == b ? x : y` of mod_commands."""
    test, _, results = arguments.partition(" ? ")
    parts = re.fullmatch(r"\s*(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*?)\s*", test)
    yes, colon, no = results.partition(" : ")
    if not (parts and colon):
        return "-ERR"
    left, sign, right = parts[1].strip("'\""), parts[2], parts[3].strip("'\"")
    numbers = all(re.fullmatch(r"-?[0-9.]+", side) for side in (left, right))
    a, b = (float(left), float(right)) if numbers else (left, right)
    holds = {"==": a == b, "!=": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}  # type: ignore[operator]
    return (yes if holds[sign] else no).strip()
