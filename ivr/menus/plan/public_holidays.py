"""The holidays of countries and their regions, by code: US, US-MA, MX, PR. The package holidays knows them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ivr.menus.mistakes import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from holidays import HolidayBase

SPOKEN = "en_US"  # else the names would be in the language of whoever started us
YEARS = range(2026, 2029)  # a holiday of these years has a name that a plan may use; observed days come and go
OBSERVED = " (observed)"


def unknown(code: str) -> str:
    """What is wrong with a code, and the likely fix; "" for a good one."""
    try:
        _book(code)
    except NotImplementedError:  # all countries are only listed now: that takes half a second
        countries, (country, _, region) = _codes(), code.partition("-")
    else:
        return ""
    if country not in countries:
        return f"is '{code}', which is no country such as US or MX{suggestion(country.upper()[:2], countries)}"
    regions = [f"{country}-{each}" for each in countries[country]]
    return f"is '{code}', which is no region of {country}{suggestion(f'{country}-{region.upper()}', regions)}"


def on(codes: Sequence[str], day: date) -> tuple[str, ...]:
    """The names of a day's holidays, each once."""
    names = [name for code in codes for name in _book(code).get_list(day)]
    return tuple(dict.fromkeys(names))


def names(codes: Sequence[str]) -> Collection[str]:
    """The names that holidays have."""
    return {plain(name) for code in codes for name in _book(code, YEARS).values()}


def plain(name: str) -> str:
    """A holiday that is kept on another day is the same holiday."""
    return name.removesuffix(OBSERVED)


@cache
def _codes() -> Mapping[str, Sequence[str]]:
    import holidays  # noqa: PLC0415 - a quarter of a second, for the plans that name holidays

    return holidays.list_supported_countries(include_aliases=False)


@cache
def _book(code: str, years: range | None = None) -> HolidayBase:
    import holidays  # noqa: PLC0415 - the same

    country, _, region = code.partition("-")
    return holidays.country_holidays(country, subdiv=region or None, years=years, language=SPOKEN)
