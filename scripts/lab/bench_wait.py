"""How near the estimated wait is to the truth, on the recorded traces: ours, and what the peers would have said."""

from __future__ import annotations

from lab.report import Report, Table
from lab.wait_trace import read
from lab.wait_traces import HELD_OUT, TRACES, TUNING, Practice
from lab.wait_trial import PEERS, Said, coverage, error, replay

TITLES = {
    "tuning": "estimated wait on the traces it was tuned on: mean absolute error, seconds",
    "held_out": "estimated wait on traces never tuned on: mean absolute error, seconds",
}


async def run() -> Report:
    tables: list[Table] = []
    figures: dict[str, float | int | str] = {}
    for half, practices in (("tuning", TUNING), ("held_out", HELD_OUT)):
        said = _replayed(practices)
        tables.append(_table(TITLES[half], said))
        everything = [each for moments in said.values() for each in moments]
        figures |= _figures(half, everything)
    return Report(tuple(tables), figures)


def _replayed(practices: dict[str, Practice]) -> dict[str, list[Said]]:
    return {name: replay(read(TRACES / f"{name}.csv.gz")) for name in practices}


def _table(title: str, said: dict[str, list[Said]]) -> Table:
    everything = [each for moments in said.values() for each in moments]
    return Table(
        title,
        columns=("trace", "moments", "mean wait", "ours", *PEERS, "in our 80 % interval"),
        rows=tuple(_row(name, moments) for name, moments in (*said.items(), ("all", everything))),
    )


def _row(name: str, said: list[Said]) -> tuple[str, ...]:
    return (
        name,
        str(len(said)),
        f"{sum(each.truth for each in said) / len(said):.0f}",
        f"{error(said):.1f}",
        *(f"{error(said, peer):.1f}" for peer in PEERS),
        f"{coverage(said):.1%}",
    )


def _figures(half: str, said: list[Said]) -> dict[str, float | int | str]:
    peers = {f"{half}_{_word(peer)}_error_seconds": round(error(said, peer), 2) for peer in PEERS}
    ours = {f"{half}_ours_error_seconds": round(error(said), 2), f"{half}_coverage": round(coverage(said), 4)}
    return {**ours, **peers}


def _word(name: str) -> str:
    return name.lower().replace(" ", "_")
