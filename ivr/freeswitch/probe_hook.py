"""Whether FreeSWITCH's dialplan has the hook, and whether it is the one of this version."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from ivr.findings import Finding
from ivr.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from ivr.freeswitch.connection import EslConnection

    Tree: TypeAlias = "tuple[str, frozenset[tuple[str, str]], tuple[Tree, ...]]"

PUT_IN = "Run `careline init freeswitch`, then: fs_cli -x reloadxml."


async def examine(connection: EslConnection, context: str) -> Finding:
    """Raises SwitchDown."""
    found = await connection.api(f"xml_locate dialplan context name {context}")
    try:
        there = _extensions(ET.fromstring(found))  # noqa: S314 - FreeSWITCH's own dialplan
    except ET.ParseError:
        return Finding(False, f"the dialplan has no context {context}", PUT_IN)
    return _compared(there, _shipped(), context)


def _compared(there: Mapping[str, Tree], ours: Mapping[str, Tree], context: str) -> Finding:
    """Extensions of one's own beside ours are nothing wrong."""
    if missing := [name for name in ours if name not in there]:
        return Finding(False, f"the context {context} has no extension {_quoted(missing)}", PUT_IN)
    if other := [name for name in ours if there[name] != ours[name]]:
        what = f"the context {context} is not as it came with this version: {_quoted(other)} differs"
        return Finding(
            False, what, "`careline init freeswitch` shows how; put in the new one, then: fs_cli -x reloadxml."
        )
    return Finding(True, f"the dialplan has the context {context} of this version")


def _shipped() -> Mapping[str, Tree]:
    file = shipped("dialplans") / "freeswitch" / "careline.xml"
    [context] = ET.fromstring(file.read_text("utf-8")).iter("context")  # noqa: S314 - ours
    return _extensions(context)


def _extensions(context: ET.Element) -> Mapping[str, Tree]:
    return {each.get("name", ""): _tree(each) for each in context.iter("extension")}


def _tree(element: ET.Element) -> Tree:
    """An element without what does not matter: comments, spaces, the order of attributes."""
    return element.tag, frozenset(element.items()), tuple(_tree(each) for each in element)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
