"""The hours that a practice keeps, by name."""

from __future__ import annotations

from pydantic import Field

from ivr.menus.hours import Week  # noqa: TC001 - pydantic reads the types of the fields at run time
from ivr.menus.values import Noun


class Opening(Noun):
    """When something is open, in the practice's time zone."""

    week: Week = Field({})
