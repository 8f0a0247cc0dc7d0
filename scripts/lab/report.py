"""What a measurement hands to scripts/bench: tables for people, figures for programs."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`figures` have their unit in the name: ours_median_ms."""

    tables: tuple[Table, ...]
    figures: Mapping[str, float | int | str]
