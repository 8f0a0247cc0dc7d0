"""The reference page: every example works, and every key is in it."""

from __future__ import annotations

import json
import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ivr.menus.plan.values import Noun
from ivr.menus.reading.load import examine
from ivr.menus.reading.yaml_marks import read
from tests.menus.plans import write

PAGE = (Path(__file__).parents[2] / "docs" / "dialplan.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FILES = {found[1]: block for block in BLOCKS if (found := re.match(r"# (\w+\.yaml)\n", block))}
"""Files beside the plan: their examples begin with their names."""
EXAMPLES = [block for block in BLOCKS if block not in FILES.values()]


def parsed(text: str) -> Any:
    node, faults = read(text)
    assert node is not None
    assert faults == []
    return node.plain()


def merged(base: Any, more: Any) -> Any:
    """The base with what an example adds; mappings grow, all else is replaced."""
    if not (isinstance(base, dict) and isinstance(more, dict)):
        return more
    texts = {str(key): value for key, value in base.items()}
    return texts | {str(key): merged(texts.get(str(key)), value) for key, value in more.items()}


@pytest.mark.parametrize(("number", "example"), list(zip(count(1), EXAMPLES, strict=False)))
def test_every_example_is_a_sound_plan(number: int, example: str, tmp_path: Path) -> None:
    plan = merged(parsed(EXAMPLES[0]), parsed(example))
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    examined = examine(write(tmp_path, json.dumps(plan, ensure_ascii=False)))
    assert (examined.mistakes, examined.warnings) == ((), ())


def test_every_key_is_in_an_example_and_in_the_text() -> None:
    keys = {key for noun in Noun.__subclasses__() if noun.__module__.startswith("ivr.menus.") for key in noun.written()}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}: ?", "".join(EXAMPLES))] == []
