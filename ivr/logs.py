"""The log: one line of words an event, for an administrator at night. Patient data has no way into it.

Messages are static text; what varies are fields. A field that holds patient data is named `phi_*` and is dropped here.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping


def without_patient_data(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in event.items() if not name.startswith("phi_")}


PROCESSORS = (
    structlog.contextvars.merge_contextvars,
    without_patient_data,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    structlog.processors.format_exc_info,  # the lines of the code, never the values that they worked on
)


def start(*, as_json: bool = False) -> None:
    """Log to standard error; as JSON lines when a collector reads them."""
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*PROCESSORS, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
