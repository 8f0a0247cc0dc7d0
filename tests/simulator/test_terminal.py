"""A caller who types."""

from __future__ import annotations

import asyncio
import io

from ivr.simulator.terminal import Keyboard, Script


async def test_typed_lines_come_in_order_and_the_end_is_a_hang_up() -> None:
    keyboard = Keyboard(io.StringIO("1\nbilling please\r\n\n"), lambda _: None)
    keyboard.start()
    assert [await asyncio.wait_for(keyboard.line(), 10) for _ in range(5)] == ["1", "billing please", "", None, None]
    assert keyboard.ended.is_set()


async def test_the_end_of_the_input_is_known_while_nobody_asks() -> None:
    keyboard = Keyboard(io.StringIO(""), lambda _: None)
    keyboard.start()
    await asyncio.wait_for(keyboard.ended.wait(), 10)


async def test_a_script_is_read_to_its_end() -> None:
    shown: list[str] = []
    script = Script(["2"])
    script.hears("Welcome.")
    Keyboard(io.StringIO(), shown.append).hears("Hello.")
    assert [await script.line(), await script.line(), script.heard, shown] == ["2", None, ["Welcome."], ["Hello."]]
