"""A practice that is open at any hour, so that a demonstration shows the same by day and by night."""

import re
import shutil
from pathlib import Path

from ivr.menus.reading.load import load

HOURS = re.compile(r"^hours:\n(?:(?:[ #].*)?\n)*", re.MULTILINE)
ALL_DAY = '{mon-sun: "00:00-00:00"}'  # what ends at its beginning ends a day later


def always_open(plan: Path, folder: Path) -> Path:
    """A copy of the plan and the files beside it in `folder`, whose hours never end."""
    shutil.copytree(plan.parent, folder, dirs_exist_ok=True)
    hours = "".join(f"  {name}: {ALL_DAY}\n" for name in load(plan).hours)
    copy = folder / plan.name
    copy.write_text(HOURS.sub(f"hours:\n{hours}\n", plan.read_text("utf-8"), count=1), "utf-8")
    return copy
