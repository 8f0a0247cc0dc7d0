"""Who is told of an alert: people, and whoever is on call at that moment.

who: [charge_nurse, on_call_nurses]      a person, and a rota with ana and bo on call

charge_nurse  at once       mail, sms, phone …  all ways of a person together, each with its own repeats
ana           at once
bo            a minute later, unless somebody has acknowledged
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from acd.rota import on_call
from ivr.notify.contact import Way
from ivr.notify.outbox import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from acd.rota import Rota
    from ivr.notify.contact import Contact
    from ivr.notify.outbox import Outbox
    from ivr.notify.port import Alert
    from ivr.services import Clock

NEXT_ON_CALL_SECONDS = 60.0  # time to find the telephone in the pocket, read, and press a key

log = structlog.get_logger()


class Dispatcher:
    """`contacts` by person, `rotas` by name; a name that is both is the rota."""

    def __init__(
        self, contacts: Mapping[str, Contact], rotas: Mapping[str, Rota], outbox: Outbox, clock: Clock
    ) -> None:
        self._contacts = contacts
        self._rotas = rotas
        self._outbox = outbox
        self._clock = clock

    def know(self, contacts: Mapping[str, Contact], rotas: Mapping[str, Rota]) -> None:
        """As another version of the plan has them, from the next alert on; what is on its way stays so."""
        self._contacts, self._rotas = contacts, rotas

    async def alert(self, alert: Alert, who: Sequence[str]) -> None:
        """Tell `who`, people or rotas. Returns at once; a name that is unknown or cannot be reached is logged."""
        now = self._clock.now()
        notices = [notice for name, delay in self._people(who) for notice in self._notices(name, alert, now + delay)]
        if not notices:
            log.error("an alert reaches nobody", alert=alert.id, queue=alert.queue, who=list(who))
        self._outbox.post(notices)

    def over(self, alert: str) -> None:
        """Somebody acknowledged, or the reason is gone: nobody else is told."""
        self._outbox.withdraw(alert)

    def person_at(self, kind: str, address: str) -> str | None:
        """Whose way it is: who acknowledged, when a phone did."""
        way = Way(kind, address)
        return next((name for name, contact in self._contacts.items() if way in contact.ways), None)

    def _people(self, who: Sequence[str]) -> Iterator[tuple[str, float]]:
        """Everybody once, with the seconds until they are told."""
        delays: dict[str, float] = {}
        for name in who:
            for place, person in enumerate(self._on_call(name) if name in self._rotas else (name,)):
                delay = place * NEXT_ON_CALL_SECONDS
                delays[person] = min(delay, delays.get(person, delay))
        yield from delays.items()

    def _on_call(self, rota: str) -> tuple[str, ...]:
        people = on_call(self._rotas[rota], datetime.fromtimestamp(self._clock.now(), UTC))
        if not people:
            log.error("nobody is on call now", rota=rota)
        return people

    def _notices(self, person: str, alert: Alert, due: float) -> Iterator[Notice]:
        if person not in self._contacts:
            log.error("an alert names somebody unknown", person=person, alert=alert.id)
            return
        if not self._contacts[person].ways:
            log.error("a person has no way to be told", person=person, alert=alert.id)
        expires = due + self._outbox.pace.keep_seconds
        for number, way in enumerate(self._contacts[person].ways):
            if self._outbox.delivers(way.kind):
                name = f"{alert.id}/{person}/{number}"
                yield Notice(name, person, way.kind, way.address, alert, due, expires)
            else:
                log.error("a way to a person is not in the settings", person=person, kind=way.kind)
