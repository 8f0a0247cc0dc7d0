"""Between the record's nouns and rows: what begins with `phi_` is sealed, the rest is plain columns or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, get_args

from ivr.record import Because, CallSummary, Entry, Noted, Outcome

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from ivr.store.vault import Vault

KINDS: dict[str, type[Entry]] = {kind.__name__: kind for kind in get_args(Entry)}
SEALED = "phi_"


def summary_row(call: CallSummary, vault: Vault) -> dict[str, Any]:
    """The columns of table `calls`."""
    row = {field.name: getattr(call, field.name) for field in fields(call) if not field.name.startswith(SEALED)}
    number, evidence = call.phi_caller_number, call.phi_evidence
    return row | {
        "sealed_caller_number": vault.seal(number, _of_call(call.id, "caller_number")) if number else None,
        "sealed_evidence": vault.seal(json.dumps(evidence), _of_call(call.id, "evidence")) if evidence else None,
    }


def summary_of(row: RowMapping, vault: Vault) -> CallSummary:
    """Back from the columns. Raises SealBroken."""
    plain = {name: value for name, value in row.items() if not name.startswith("sealed_")}
    evidence = row["sealed_evidence"]
    return CallSummary(
        **plain | {"outcome": Outcome(row["outcome"])},
        phi_caller_number=caller_number(row["id"], row["sealed_caller_number"], vault),
        phi_evidence=tuple(json.loads(vault.open(evidence, _of_call(row["id"], "evidence")))) if evidence else (),
    )


def caller_number(call: str, sealed: bytes | None, vault: Vault) -> str:
    return vault.open(sealed, _of_call(call, "caller_number")) if sealed else ""


def line_row(call: str, seq: int, noted: Noted, vault: Vault) -> dict[str, Any]:
    """The columns of table `timeline`. Raises TypeError for data that is not JSON."""
    values = asdict(noted.entry)
    private = {name: value for name, value in values.items() if name.startswith(SEALED) and value}
    plain = {name: value for name, value in values.items() if name not in private}
    return {
        "call": call,
        "seq": seq,
        "at": noted.at,
        "kind": type(noted.entry).__name__,
        "data": json.dumps(plain),
        "sealed_data": vault.seal(json.dumps(private), _of_line(call, seq)) if private else None,
    }


def line_of(row: RowMapping, vault: Vault) -> Noted:
    """Back from the columns. Raises SealBroken."""
    sealed = row["sealed_data"]
    private = json.loads(vault.open(sealed, _of_line(row["call"], row["seq"]))) if sealed else {}
    values = json.loads(row["data"]) | private
    return Noted(row["at"], KINDS[row["kind"]](**{name: _frozen(name, value) for name, value in values.items()}))


def _frozen(name: str, value: Any) -> Any:
    """JSON has lists where entries have tuples."""
    if name == "phi_reasons":
        return tuple(Because(**reason) for reason in value)
    return tuple(value) if isinstance(value, list) else value


def _of_call(call: str, field: str) -> str:
    return f"calls/{call}/{field}"


def _of_line(call: str, seq: int) -> str:
    return f"timeline/{call}/{seq}"
